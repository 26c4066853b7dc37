#!/bin/sh
# Run once by the PostgreSQL image, when its volume is new: a database and a role for each app, apart from one another.
set -eu
for app in auth catalog orders inventory; do
  psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set app="$app" --set password="$APP_DATABASE_PASSWORD" <<'SQL'
create role :"app" login password :'password';
create database :"app" owner :"app";
revoke connect on database :"app" from public;
SQL
done
