// What was kept of one entry, and why it was refused. Text, never markup.
import { reload, useApi } from '../api/resource.ts';
import { full, size } from '../app/format.ts';
import { t } from '../i18n/index.ts';
import { Loaded } from '../ui/State.tsx';

interface Detail { id: string; destination: string; reason: string; seq: number; tries: number; firstAt: string; lastAt: string; payload: string; payloadBytes: number; place?: string }

export function pretty(payload: string): string {
  try { return JSON.stringify(JSON.parse(payload), null, 2); } catch { return payload; }
}

export function Payload({ id }: { id: string }) {
  const path = `telegram-gateway/failures/${id}`;
  const detail = useApi<Detail>(path);
  return (
    <Loaded from={detail} what={t('sa.payload')} rows={2} retry={() => { void reload(path); }}>
      {(one) => (
        <div class="payload">
          <dl>
            <div><dt>{t('sa.reason')}</dt><dd><bdi>{one.reason}</bdi></dd></div>
            <div><dt>{t('sa.first')}</dt><dd>{full(one.firstAt)}</dd></div>
            <div><dt>{t('sa.last')}</dt><dd>{full(one.lastAt)}</dd></div>
            <div><dt>{t('sa.size')}</dt><dd>{size(one.payloadBytes)}</dd></div>
          </dl>
          <pre tabIndex={0} aria-label={t('sa.payload')} dir="auto">{pretty(one.payload) || '–'}</pre>
        </div>
      )}
    </Loaded>
  );
}
