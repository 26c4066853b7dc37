import { bindHandlers } from './handler-place.js';
import { Public } from './public.js';
import { requirementsOf } from './requirements.js';
import { Roles } from './roles.js';
import { Scopes } from './scopes.js';

const methodOf = (type: new () => object, name: string, instance = type.prototype as object): (() => unknown) =>
  (instance as Record<string, () => unknown>)[name]!;

const listed = (type: new () => object, name: string): object => {
  const { isPublic, roles, scopes } = requirementsOf(type, methodOf(type, name));
  return { isPublic, roles: roles.map((group) => [...group]), scopes };
};

const OPEN = { isPublic: true, roles: [], scopes: [] };

describe('decoration', () => {
  it('refuses @Roles without a role', () => {
    // @ts-expect-error -- names no role
    expect(() => Roles()).toThrow(TypeError);
    expect(() => Roles('')).toThrow(/needs at least one role/);
    expect(() => Roles('admin', ' ')).toThrow(/needs at least one role/);
    expect(() => Roles(['admin'] as unknown as string)).toThrow(/needs at least one role/);
  });

  it('refuses @Scopes without a scope, or with what would break out of a challenge', () => {
    // @ts-expect-error -- names no scope
    expect(() => Scopes()).toThrow(TypeError);
    for (const scope of ['', 'a b', 'a"b', 'a\\b', 'a\r\nX: y', 'ä'])
      expect(() => Scopes(scope)).toThrow(/@Scopes\(\) needs/);
  });
});

describe('what a handler requires', () => {
  it('is a good token and nothing else without decorators', () => {
    class Plain {
      read(): void {}
    }
    expect(listed(Plain, 'read')).toEqual({ isPublic: false, roles: [], scopes: [] });
  });

  it('is all that its class and it declare, however often', () => {
    @Roles('staff')
    @Scopes('a:read')
    class Both {
      @Roles('admin', 'owner')
      @Roles('present')
      @Scopes('b:write', 'a:read')
      write(): void {}
    }
    expect(listed(Both, 'write')).toEqual({
      isPublic: false,
      roles: [['staff'], ['present'], ['admin', 'owner']],
      scopes: ['a:read', 'b:write'],
    });
  });

  it('is inherited as a restriction, not as an opening', () => {
    @Public()
    class Open {
      read(): void {}
    }
    class OpenHeir extends Open {}
    @Roles('admin')
    class Closed {
      read(): void {}
      @Public()
      sign(): void {}
    }
    @Roles('auditor')
    class ClosedHeir extends Closed {}
    expect(listed(Open, 'read')).toEqual(OPEN);
    expect(listed(OpenHeir, 'read')).toMatchObject({ isPublic: false });
    expect(listed(ClosedHeir, 'read')).toMatchObject({ isPublic: false, roles: [['auditor'], ['admin']] });
    expect(listed(ClosedHeir, 'sign')).toEqual(OPEN);
  });

  it('is its own when an heir overrides the method', () => {
    class Base {
      @Public()
      read(): void {}
    }
    class Heir extends Base {
      override read(): void {}
    }
    expect(listed(Base, 'read')).toEqual(OPEN);
    expect(listed(Heir, 'read')).toMatchObject({ isPublic: false });
  });

  it('is also what an overridden method demands, so that an override which forgets it opens nothing', () => {
    class Base {
      @Roles('admin')
      @Scopes('a:write')
      remove(): void {}
    }
    class Between extends Base {}
    class Heir extends Between {
      @Roles('clerk')
      override remove(): void {}
    }
    class Forgetful extends Heir {
      override remove(): void {}
    }
    @Public()
    class OpenHeir extends Base {
      override remove(): void {}
    }
    class Contradicting extends Base {
      @Public()
      override remove(): void {}
    }
    const both = { isPublic: false, roles: [['clerk'], ['admin']], scopes: ['a:write'] };
    expect(listed(Heir, 'remove')).toEqual(both);
    expect(listed(Forgetful, 'remove')).toEqual(both);
    expect(listed(OpenHeir, 'remove')).toEqual({ isPublic: false, roles: [['admin']], scopes: ['a:write'] });
    expect(() => listed(Contradicting, 'remove')).toThrow(/Contradicting\.remove is @Public\(\) and also restricted/);
  });

  it('is found under a wrapper that another decorator put around the method', () => {
    const wrapped: MethodDecorator = (_target, _key, descriptor) => {
      const inner = descriptor.value as unknown as () => unknown;
      descriptor.value = function wrapper(this: unknown) {
        return inner.call(this);
      } as never;
    };
    class Wrapped {
      @wrapped
      @Roles('admin')
      read(): void {}
    }
    expect(listed(Wrapped, 'read')).toMatchObject({ roles: [['admin']] });
  });

  it('is that of the method which was wrapped later, where the wrapper took over its metadata', () => {
    class Instrumented {
      @Roles('admin')
      wipe(): void {}
      read(): void {}
    }
    bindHandlers(Instrumented);
    const wipe = methodOf(Instrumented, 'wipe');
    const wrapper = { read: () => undefined }.read;
    for (const key of Reflect.getMetadataKeys(wipe)) {
      Reflect.defineMetadata(key, Reflect.getMetadata(key, wipe), wrapper);
    }
    expect(requirementsOf(Instrumented, wrapper).roles).toHaveLength(1);
  });

  it('is that of the method which an instance has another function for', () => {
    class Bound {
      constructor() {
        this.wipe = { read: () => undefined }.read;
      }
      @Roles('admin')
      wipe(): void {}
      read(): void {}
    }
    const instance = new Bound();
    bindHandlers(Bound, instance);
    expect(requirementsOf(Bound, methodOf(Bound, 'wipe', instance)).roles).toHaveLength(1);
  });

  it('is never guessed: neither by the name of a function, nor where two methods have one', () => {
    const shared = (): void => undefined;
    class Shared {
      @Roles('admin')
      wipe(): void {}
      read(): void {}
      toString(): string {
        return '';
      }
    }
    for (const handler of [{ read: () => undefined }.read, { toString: () => '' }.toString, shared]) {
      expect(() => requirementsOf(Shared, handler)).toThrow(/its requirements are unknown/);
    }
    Object.assign(Shared.prototype, { wipe: shared, read: shared });
    class Sharing extends Shared {}
    expect(() => requirementsOf(Sharing, shared)).toThrow(/Sharing\.wipe and Sharing\.read are the same function/);
  });

  it('is refused when it contradicts itself', () => {
    class Method {
      @Public()
      @Scopes('a:read')
      read(): void {}
    }
    @Public()
    @Roles('admin')
    class Class {
      read(): void {}
    }
    @Roles('admin')
    class Base {
      read(): void {}
    }
    @Public()
    class Heir extends Base {}
    for (const type of [Method, Class, Heir]) expect(() => listed(type, 'read')).toThrow(/Keep one of the two/);
  });
});
