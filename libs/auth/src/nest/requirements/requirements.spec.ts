import { Public } from './public.js';
import { requirementsOf } from './requirements.js';
import { Roles } from './roles.js';
import { Scopes } from './scopes.js';

const listed = (type: new () => object, name: string): object => {
  const handler = (type.prototype as Record<string, () => unknown>)[name]!;
  const { isPublic, roles, scopes } = requirementsOf(type, handler);
  return { isPublic, roles: roles.map((group) => [...group]), scopes };
};

const OPEN = { isPublic: true, roles: [], scopes: [] };

describe('decoration', () => {
  it('refuses @Roles without a role', () => {
    // @ts-expect-error -- names no role
    expect(() => Roles()).toThrow(TypeError);
    expect(() => Roles('')).toThrow(/names no role/);
    expect(() => Roles('admin', ' ')).toThrow(/names no role/);
    expect(() => Roles(['admin'] as unknown as string)).toThrow(/names no role/);
  });

  it('refuses @Scopes without a scope, or with what would break out of a challenge', () => {
    // @ts-expect-error -- names no scope
    expect(() => Scopes()).toThrow(TypeError);
    for (const scope of ['', 'a b', 'a"b', 'a\\b', 'a\r\nX: y', 'ä'])
      expect(() => Scopes(scope)).toThrow(/@Scopes\(\) takes/);
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

  it('is found by name for an instrumented handler, and never guessed', () => {
    class Instrumented {
      @Roles('admin')
      read(): void {}
    }
    const named = { read: () => undefined };
    expect(requirementsOf(Instrumented, named.read).roles).toHaveLength(1);
    expect(() =>
      requirementsOf(
        Instrumented,
        (
          () => () =>
            undefined
        )(),
      ),
    ).toThrow(/what it requires is unknown/);
    expect(() => requirementsOf(Instrumented, { toString: () => '' }.toString)).toThrow(/unknown/);
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
