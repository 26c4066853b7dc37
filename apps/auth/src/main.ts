import { bootstrap } from '@watchword/platform';
import { AppModule } from './app.module.js';
import { AuthConfig } from './config/index.js';
import { describeOAuth } from './oauth/describe-oauth.js';

await bootstrap({ name: 'auth', module: AppModule, config: AuthConfig, openApi: describeOAuth });
