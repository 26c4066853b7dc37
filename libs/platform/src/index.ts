export { APP_NAME } from './config/app-name.js';
export { bootstrap } from './boot/bootstrap.js';
export type { BootstrapOptions } from './boot/bootstrap.js';
export { createApp } from './boot/create-app.js';
export type { App, AppOptions, TcpAddress } from './boot/create-app.js';
export { Lifecycle } from './health/lifecycle.js';
export { makeDirectory } from './config/make-directory.js';
export { OperatorError } from './errors/operator-error.js';
export { PlatformModule } from './boot/platform.module.js';
export type { PlatformModuleOptions } from './boot/platform.module.js';
export { runCommand } from './boot/run-command.js';
export { AppConfig } from './config/app-config.js';
export type { LogLevel } from './config/app-config.js';
export { ConfigError } from './config/config-error.js';
export { describeVariables } from './config/describe-variables.js';
export type { VariableDescription } from './config/describe-variables.js';
export { readEnvironment } from './config/environment.js';
export type { Environment } from './config/environment.js';
export { IsHttpUrl } from './config/is-http-url.js';
export { IsSharedSecretList } from './config/is-shared-secret-list.js';
export { loadConfig } from './config/load-config.js';
export { threadPoolSize } from './config/thread-pool-size.js';
export { Variable } from './config/variable.js';
export type { VariableOptions } from './config/variable.js';
export { VerifierConfig } from './config/verifier-config.js';
export {
  databaseError,
  isCheckViolation,
  isDatabaseUnavailable,
  isForeignKeyViolation,
  isRetryable,
  isUniqueViolation,
} from './errors/database-error.js';
export type { DatabaseErrorInfo } from './errors/database-error.js';
export { DatabaseModule } from './database/database.module.js';
export type { DatabaseModuleOptions } from './database/database.module.js';
export { DATABASE, InjectDatabase } from './database/database.js';
export type { Database, DatabaseOrTransaction, DatabaseSchema, QueryResult, Transaction } from './database/database.js';
export { NestedQueryError } from './database/nested-query-error.js';
export { openDatabase } from './database/open-database.js';
export type { DatabaseOptions, OpenDatabase } from './database/database-options.js';
export { HealthRegistry } from './health/health-registry.js';
export type { CheckResult, HealthCheck, HealthReport } from './health/health-registry.js';
export { HasNoControlCharacters } from './http/has-no-control-characters.js';
export { IsOptionalInt, PageQuery } from './http/page-query.js';
export { ProblemError } from './errors/problem-error.js';
export type { FieldError, ProblemErrorOptions } from './errors/problem-error.js';
export { Refusal } from './errors/refusal.js';
export type { RefusalKind, RefusalOptions } from './errors/refusal.js';
export { ProblemFilter, respond } from './http/problem.filter.js';
export type { RpcProblem } from './http/problem.filter.js';
export { problemOf } from './errors/problem.js';
export type { Problem } from './errors/problem.js';
export { nameRoute } from './http/route-name.js';
export { createValidationPipe } from './http/validation-pipe.js';
export { provide, tokenOf } from './injection/provide.js';
export type { Dependency, Token } from './injection/provide.js';
export { redact, redactText } from './logging/redact.js';
export { currentRequestId, requestIdFrom, runInRequest } from './logging/request-context.js';
export { Metrics } from './metrics/metrics.js';
