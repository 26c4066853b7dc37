import { ReflectionKind } from 'typedoc';

/** What runs needs an example. A type has one only where the examples of what takes it leave something open. */
const NEEDS_EXAMPLE = [ReflectionKind.Function, ReflectionKind.Class, ReflectionKind.Variable];

/**
 * The code of every `@example`, by the name of what it belongs to.
 *
 * @param {import('typedoc').ProjectReflection} project
 * @returns {readonly { readonly of: string, readonly code: string }[]}
 */
export function examplesOf(project) {
  const reflections = Object.values(project.reflections);
  return reflections.flatMap((reflection) =>
    blocks(reflection).map((code) => ({ of: reflection.getFullName(), code })),
  );
}

/**
 * The exported functions, classes and constants without an `@example`, as `page.name`.
 *
 * @param {import('typedoc').ProjectReflection} project
 * @returns {readonly string[]}
 */
export function exportsWithoutExample(project) {
  const exported = (project.children ?? []).flatMap(({ children = [] }) => children);
  return exported
    .filter((reflection) => reflection.kindOf(NEEDS_EXAMPLE))
    .filter((reflection) => [reflection, ...(reflection.signatures ?? [])].flatMap(blocks).length === 0)
    .map((reflection) => reflection.getFullName())
    .sort();
}

/** @param {import('typedoc').Reflection} reflection */
function blocks({ comment }) {
  const examples = (comment?.blockTags ?? []).filter(({ tag }) => tag === '@example');
  return examples.flatMap(({ content }) => {
    const markdown = content.map(({ text }) => text).join('');
    return [...markdown.matchAll(/^```ts\n([^]*?)^```/gm)].map(([, code = '']) => code);
  });
}
