// What the log is narrowed to, as the URL, the API's query and journalctl say it.
export const levels = ['debug', 'info', 'warn', 'error'] as const;
export type Level = (typeof levels)[number];
export interface LogFilter { level: Level; q: string; fields: [name: string, value: string][] }

const isLevel = (text: string | undefined): text is Level => levels.some((level) => level === text);

/** From the page's address. A field is `field=name:value`, once for each. */
export function filterOf(search: string): LogFilter {
  const query = new URLSearchParams(search);
  const level = query.get('level') ?? undefined;
  const fields = query.getAll('field').map((one): [string, string] => [one.slice(0, Math.max(0, one.indexOf(':'))), one.slice(one.indexOf(':') + 1)]);
  return { level: isLevel(level) ? level : 'info', q: query.get('q')?.trim() ?? '', fields: fields.filter(([name]) => name !== '') };
}

/** The parameters of GET /api/telegram-gateway/logs, and of the page: the level is left out where it is the usual one. */
export function queryOf({ level, q, fields }: LogFilter, always = false): string {
  const query = new URLSearchParams();
  if (always || level !== 'info') query.set('level', level);
  if (q) query.set('q', q);
  for (const [name, value] of fields) query.append('field', `${name}:${value}`);
  return query.toString();
}

export const withField = (filter: LogFilter, name: string, value: string): LogFilter =>
  filter.fields.some(([n, v]) => n === name && v === value) ? filter : { ...filter, fields: [...filter.fields, [name, value]] };

/** What was typed: name=value is a field, the rest is text. */
export function typed(filter: LogFilter, text: string): LogFilter {
  const field = /^([a-z_][\w.-]*)=(.+)$/i.exec(text.trim());
  return field ? withField({ ...filter, q: '' }, field[1] as string, field[2] as string) : { ...filter, q: text.trim() };
}

const priorities: Record<Level, string> = { debug: '', info: ' -p info', warn: ' -p warning', error: ' -p err' };
const quoted = (text: string): string => `'${text.replace(/'/g, `'\\''`)}'`;
const utcSeconds = (at: string): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ') + ' UTC';

/** The same lines from the system's journal, where older ones are too. Safe to paste into a shell. */
export function journalctl({ level, q, fields }: LogFilter, since?: string, until?: string): string {
  const name = (field: string): string => `TG_${field.slice(0, 60).toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
  const times = [['since', since], ['until', until]].flatMap(([key, at]) => (at ? [` --${key as string}=${quoted(utcSeconds(at))}`] : []));
  const text = q ? ` --case-sensitive=no --grep=${quoted(q.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&'))}` : '';
  return `journalctl -t telegram-gateway${priorities[level]}${times.join('')}${text}${fields.map(([field, value]) => ` ${quoted(`${name(field)}=${value}`)}`).join('')}`;
}
