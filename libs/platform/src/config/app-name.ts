/** Injects the app's name, for example `orders`. It is used for the environment file, the data directory, logs and metrics. */
export const APP_NAME = Symbol('AppName');
