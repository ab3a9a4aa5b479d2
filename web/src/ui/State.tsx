// Loading, error and empty: each says what happens next.
import type { ComponentChildren } from 'preact';
import { ApiError } from '../api/client.ts';
import { useAfter, type Resource } from '../api/resource.ts';
import { t } from '../i18n/index.ts';
import { Icon, type IconName } from './Icon.tsx';

export function Failed({ what, error, onRetry }: { what: string; error: Error; onRetry: () => void }) {
  const api = error instanceof ApiError ? error : null;
  const scope = api?.status === 403 ? /scope '(\w+)'/.exec(api.message)?.[1] : undefined;
  return (
    <div class="failed" role="group" aria-label={t('error.title', { what })}>
      <Icon name="bad" class="bad" />
      <div>
        <p class="strong">{t('error.title', { what })}</p>
        <p class="quiet">{scope ? t('error.scope', { scope }) : api ? api.message : t('error.network')}</p>
        {api && <p class="quiet mono">{t('error.code', { code: `${api.code} (${String(api.status)})` })}</p>}
        <button type="button" class="button" onClick={onRetry}>{t('app.retry')}</button>
      </div>
    </div>
  );
}

export function Skeleton({ rows = 4 }: { rows?: number }) {
  return <div class="skeleton" aria-hidden="true">{Array.from({ length: rows }, (_, i) => <i key={i} />)}</div>;
}

export function Loaded<T>({ from, what, rows, retry, children }: {
  from: Resource<T>; what: string; rows?: number; retry: () => void; children: (data: T) => ComponentChildren;
}) {
  const slow = useAfter(from.data === undefined && from.loading, 150);
  if (from.data !== undefined) return <>{children(from.data)}</>;
  if (from.error && !from.loading) return <Failed what={what} error={from.error} onRetry={retry} />;
  return <div aria-busy="true">{slow && <><span class="sr">{t('app.loading')}</span><Skeleton rows={rows} /></>}</div>;
}

export function Empty({ title, icon, children }: { title: string; icon?: IconName; children?: ComponentChildren }) {
  return <div class="empty">{icon && <Icon name={icon} size={28} />}<p class="strong">{title}</p>{children && <p class="quiet">{children}</p>}</div>;
}
