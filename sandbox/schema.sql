CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS accounts (name TEXT PRIMARY KEY, created_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS keys (
  secret TEXT PRIMARY KEY, account TEXT NOT NULL, name TEXT NOT NULL, scopes TEXT NOT NULL, state TEXT NOT NULL,
  expires_at REAL, created_at REAL NOT NULL);

CREATE TABLE IF NOT EXISTS lots (
  id INTEGER PRIMARY KEY, account TEXT NOT NULL, remaining INTEGER NOT NULL, created_at REAL NOT NULL, expires_at REAL);
CREATE INDEX IF NOT EXISTS lots_by_account ON lots (account, id);
CREATE TABLE IF NOT EXISTS charges (
  id INTEGER PRIMARY KEY, account TEXT NOT NULL, subject TEXT NOT NULL UNIQUE, state TEXT NOT NULL,
  reserved INTEGER NOT NULL, final INTEGER NOT NULL, taken TEXT NOT NULL, created_at REAL NOT NULL, updated_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS ledger (
  id INTEGER PRIMARY KEY, account TEXT NOT NULL, at REAL NOT NULL, kind TEXT NOT NULL, credits INTEGER NOT NULL,
  subject TEXT);
CREATE INDEX IF NOT EXISTS ledger_by_account ON ledger (account, id);

CREATE TABLE IF NOT EXISTS models (
  id TEXT PRIMARY KEY, position INTEGER NOT NULL, entry TEXT NOT NULL, behaviour TEXT NOT NULL);

CREATE TABLE IF NOT EXISTS media (
  token TEXT PRIMARY KEY, account TEXT NOT NULL, content_type TEXT NOT NULL, name TEXT NOT NULL, recipe TEXT,
  path TEXT, created_at REAL NOT NULL, expires_at REAL NOT NULL, downloads INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS files (
  id TEXT PRIMARY KEY, account TEXT NOT NULL, token TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, url TEXT NOT NULL,
  name TEXT NOT NULL, mime_type TEXT NOT NULL, size_bytes INTEGER NOT NULL, duration_seconds REAL, duration_token TEXT,
  sha256 TEXT NOT NULL, client_request_id TEXT, created_at REAL NOT NULL, available_at REAL NOT NULL);

CREATE TABLE IF NOT EXISTS generations (
  id TEXT PRIMARY KEY, account TEXT NOT NULL, secret TEXT NOT NULL, model TEXT NOT NULL, category TEXT NOT NULL,
  prompt TEXT NOT NULL, params TEXT NOT NULL, client_request_id TEXT, idempotency_key TEXT, base_url TEXT NOT NULL,
  reserved INTEGER NOT NULL, final INTEGER NOT NULL DEFAULT 0, plan TEXT NOT NULL, created_at REAL NOT NULL,
  starts_at REAL NOT NULL, finishes_at REAL, updated_at REAL NOT NULL, outcome TEXT, result TEXT, error TEXT);
CREATE INDEX IF NOT EXISTS generations_open ON generations (finishes_at) WHERE outcome IS NULL;
CREATE INDEX IF NOT EXISTS generations_by_key ON generations (account, idempotency_key);
CREATE TABLE IF NOT EXISTS outcomes (
  id INTEGER PRIMARY KEY, match TEXT NOT NULL, plan TEXT NOT NULL, times INTEGER, used INTEGER NOT NULL DEFAULT 0);

CREATE TABLE IF NOT EXISTS idempotency (
  account TEXT NOT NULL, endpoint TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, answer TEXT NOT NULL,
  created_at REAL NOT NULL, PRIMARY KEY (account, endpoint, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS posts (
  account TEXT NOT NULL, endpoint TEXT NOT NULL, key TEXT NOT NULL, body_sha256 TEXT NOT NULL, count INTEGER NOT NULL,
  first_at REAL NOT NULL, last_at REAL NOT NULL, PRIMARY KEY (account, endpoint, key, body_sha256)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counters (
  method TEXT NOT NULL, path TEXT NOT NULL, status INTEGER NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (method, path, status)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS faults (
  id INTEGER PRIMARY KEY, match TEXT NOT NULL, fault TEXT NOT NULL, options TEXT NOT NULL, skip INTEGER NOT NULL,
  times INTEGER, used INTEGER NOT NULL DEFAULT 0);

CREATE TABLE IF NOT EXISTS sessions (
  id TEXT PRIMARY KEY, account TEXT NOT NULL, model TEXT NOT NULL, title TEXT NOT NULL, controls TEXT NOT NULL,
  created_at REAL NOT NULL, updated_at REAL NOT NULL, last_message_at REAL);
CREATE INDEX IF NOT EXISTS sessions_by_account ON sessions (account, created_at);
CREATE TABLE IF NOT EXISTS messages (
  id TEXT PRIMARY KEY, session TEXT NOT NULL, role TEXT NOT NULL, content TEXT NOT NULL, attachments TEXT NOT NULL,
  created_at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS messages_by_session ON messages (session, created_at);
CREATE TABLE IF NOT EXISTS turns (
  id TEXT PRIMARY KEY, account TEXT NOT NULL, session TEXT NOT NULL, model TEXT NOT NULL, endpoint TEXT NOT NULL,
  idempotency_key TEXT, client_request_id TEXT, state TEXT NOT NULL, reserved INTEGER NOT NULL,
  final INTEGER NOT NULL DEFAULT 0, created_at REAL NOT NULL, updated_at REAL NOT NULL);

CREATE TABLE IF NOT EXISTS endpoints (
  id TEXT PRIMARY KEY, account TEXT NOT NULL, name TEXT NOT NULL, url TEXT NOT NULL, event_types TEXT NOT NULL,
  status TEXT NOT NULL, secret TEXT NOT NULL, failure_count INTEGER NOT NULL DEFAULT 0, last_success_at REAL,
  last_failure_at REAL, created_at REAL NOT NULL, updated_at REAL NOT NULL, disabled_at REAL, revoked_at REAL);
CREATE INDEX IF NOT EXISTS endpoints_by_account ON endpoints (account);
CREATE TABLE IF NOT EXISTS events (
  id TEXT PRIMARY KEY, account TEXT NOT NULL, payload TEXT NOT NULL, created_at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS events_by_account ON events (account, created_at);
CREATE TABLE IF NOT EXISTS deliveries (
  id TEXT PRIMARY KEY, event TEXT NOT NULL, endpoint TEXT NOT NULL, status TEXT NOT NULL, attempt INTEGER NOT NULL,
  due_at REAL NOT NULL, response_status INTEGER, error TEXT, created_at REAL NOT NULL, next_attempt_at REAL);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (due_at) WHERE status = 'pending';
CREATE INDEX IF NOT EXISTS deliveries_by_endpoint ON deliveries (endpoint, created_at);
