// The configuration as the gateway tells it; secrets are not in it.
export type Origin = 'default' | 'file' | 'env' | 'flag';
export interface Value { key: string; value: unknown; origin: Origin; unit: string; effect: string }
export interface Configured { file?: string; fileRead?: boolean; values?: Value[] }
export const configurationPath = 'telegram-gateway/settings';

/** As the configuration file would have it. */
export function written(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : value.map((one) => (typeof one === 'object' && one !== null ? Object.entries(one as Record<string, unknown>).map(([name, v]) => `${name} ${written(v)}`).join(', ') : String(one))).join(' · ');
  return value === '' ? '""' : String(value);
}
