/** Injects the app's name, `orders` say: its environment file, its data directory, its name in logs and metrics. */
export const APP_NAME = Symbol('AppName');
