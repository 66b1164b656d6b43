/**
 * What psql runs to bring an account into the state wanted. It may run any number of times. The password comes from a file,
 * so that it is in no argument, and a failing statement that holds it is not written to the server's log.
 */
const role = String.raw`
\set ON_ERROR_STOP on
SET log_min_error_statement = panic;
\getenv user ACCOUNT_USER
\set password ${"`"}cat "$ACCOUNT_PASSWORD_FILE"${"`"}
SELECT format('CREATE ROLE %I', :'user')
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'user') \gexec
ALTER ROLE :"user" LOGIN PASSWORD :'password';
`;

/** An account that is a member of a role of the server: ACCOUNT_USER, ACCOUNT_GRANT. */
export const accountSql = String.raw`${role}
\getenv grant ACCOUNT_GRANT
GRANT :"grant" TO :"user";
`;

/** An account and a database that it owns and nobody else may enter: ACCOUNT_USER, ACCOUNT_DATABASE. */
export const databaseSql = String.raw`${role}
\getenv database ACCOUNT_DATABASE
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'user')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
`;

/** An account that reads every row of the databases ACCOUNT_DATABASES (by commas) and writes none: ACCOUNT_USER. */
export const readerSql = String.raw`${role}
ALTER ROLE :"user" BYPASSRLS;
ALTER ROLE :"user" SET default_transaction_read_only = on;
GRANT pg_read_all_data TO :"user";
\getenv databases ACCOUNT_DATABASES
SELECT format('GRANT CONNECT ON DATABASE %I TO %I', name, :'user')
  FROM string_to_table(:'databases', ',') AS name WHERE name <> '' \gexec
`;
