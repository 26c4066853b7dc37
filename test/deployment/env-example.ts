import { describeVariables, type VariableDescription } from '@watchword/platform';
import { APP_CONFIGS, type ConfiguredApp } from './app-configs.js';
import { composeText, variablesIn } from './compose-file.js';

const HEAD = `# Every variable there is, with its default. Nothing of it is needed for \`npm start\`.
#
# An app reads its process's environment, then .env.<app> (.env.orders, say), then .env; the first that has a variable
# wins. What is commented out here has its default or is not set. A test holds this file equal to the configuration
# classes in apps/*/src/config; UPDATE_ENV_EXAMPLE=1 npm run test:only -- --testPathPatterns env-example writes it anew.
`;

/** `.env.example`, from the configuration classes and the compose file. */
export function renderEnvExample(): string {
  const apps = Object.keys(APP_CONFIGS) as ConfiguredApp[];
  const users = new Map<string, { variable: VariableDescription; apps: ConfiguredApp[] }>();
  for (const app of apps) {
    for (const variable of describeVariables(APP_CONFIGS[app])) {
      const key = JSON.stringify(variable);
      const user = users.get(key) ?? { variable, apps: [] };
      user.apps.push(app);
      users.set(key, user);
    }
  }
  const sections = new Map<string, VariableDescription[]>();
  for (const { variable, apps: by } of users.values()) {
    const title = by.length === apps.length ? 'every app' : by.join(', ');
    sections.set(title, [...(sections.get(title) ?? []), variable]);
  }
  const bySize = [...sections].toSorted(([a], [b]) => rank(a) - rank(b));
  return [HEAD, ...bySize.map(([title, variables]) => section(title, variables)), composeSection()].join('\n');
}

/** What more apps share comes first. */
const rank = (title: string): number => (title === 'every app' ? 0 : 10 - title.split(',').length);

function section(title: string, variables: readonly VariableDescription[]): string {
  return [`# ── ${title} ${'─'.repeat(Math.max(0, 110 - title.length))}`, '', ...variables.map(entry)].join('\n');
}

function entry({ name, doc, defaultValue, secret, explicitInProduction }: VariableDescription): string {
  const notes = [secret && 'Secret.', explicitInProduction && 'Must be set when NODE_ENV is production.'].filter(
    Boolean,
  );
  return `# ${[doc, ...notes].join(' ')}\n# ${name}=${defaultValue ?? ''}\n`;
}

/** What docker-compose.yml takes beyond the variables of the apps. */
function composeSection(): string {
  const known = new Set(
    Object.values(APP_CONFIGS).flatMap((config) => describeVariables(config).map(({ name }) => name)),
  );
  const own = variablesIn(composeText).filter(({ name }) => !known.has(name));
  const entries = own.map(({ name, hint = '', defaultValue = '' }) => `# ${hint}\n# ${name}=${defaultValue}\n`);
  return [`# ── docker compose ${'─'.repeat(96)}`, '', ...entries].join('\n');
}
