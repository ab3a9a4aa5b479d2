// Ctrl K: channels, pages, a pasted t.me link, an id.
import { signal, useSignal } from '@preact/signals';
import { useLocation } from 'preact-iso';
import { resource, useApi } from '../api/resource.ts';
import type { Channel } from '../api/types.ts';
import { channelPath, href } from '../app/links.ts';
import { channelsPath } from '../app/useOverview.ts';
import { t } from '../i18n/index.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/Icon.tsx';
import { pages } from './pages.ts';
import { currentPeer } from './current.ts';
import { matches, parseTarget, type Target } from './target.ts';

export const jumpOpen = signal(false);
export const openJump = (): void => { jumpOpen.value = true; };
const close = (): void => { jumpOpen.value = false; };

export function Jump() { return jumpOpen.value ? <JumpDialog /> : null; }

function resultsFor(q: string, channels: Channel[]): Target[] {
  const exact = parseTarget(q, channels, currentPeer.peek());
  const found: Target[] = exact ? [{ ...exact, label: t('jump.message', { id: String(exact.messageId), title: exact.label }) }] : [];
  const some = channels.filter((c) => matches(q, c.title, c.username, c.channelId)).slice(0, 8)
    .map((c): Target => ({ path: channelPath(c.channelId), label: c.title, detail: c.username ? `@${c.username}` : c.channelId, channel: c }));
  const where = pages.filter((page) => matches(q, t(page.key))).map((page): Target => ({ path: page.path, label: t(page.key), detail: t('jump.page'), icon: page.icon }));
  const search: Target[] = q.trim().length >= 3 && !exact
    ? [{ path: `search?q=${encodeURIComponent(q.trim())}`, label: t('jump.searchFor', { q: q.trim() }), detail: '', icon: 'search' }] : [];
  return [...found, ...(q ? some : some.slice(0, 5)), ...where, ...search];
}

function JumpDialog() {
  useApi<Channel[]>(channelsPath);
  const { route } = useLocation();
  const q = useSignal('');
  const active = useSignal(0);
  const results = resultsFor(q.value, resource<Channel[]>(channelsPath).value.data ?? []);
  const go = (target: Target | undefined): void => {
    if (!target) return;
    close();
    route(href(target.path));
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step && results.length > 0) { active.value = (active.value + step + results.length) % results.length; event.preventDefault(); }
    if (event.key === 'Enter') { event.preventDefault(); go(results[active.value]); }
  };
  return (
    <Dialog title={t('jump.title')} onClose={close} class="jump" hideTitle>
      <div class="jump-field">
        <Icon name="search" />
        <input type="text" autofocus placeholder={t('jump.placeholder')} aria-label={t('jump.title')} role="combobox" aria-expanded="true" spellcheck={false}
          aria-controls="jump-results" aria-activedescendant={results.length ? `jump-${String(active.value)}` : undefined} value={q.value} onKeyDown={onKey}
          onInput={(event) => { q.value = event.currentTarget.value; active.value = 0; }} />
        <kbd>Esc</kbd>
      </div>
      <ul id="jump-results" role="listbox" aria-label={t('jump.results')} class="jump-results">
        {results.map((target, i) => (
          <li key={target.path} id={`jump-${String(i)}`} role="option" aria-selected={i === active.value} onClick={() => go(target)} onMouseMove={() => { active.value = i; }}>
            {target.channel ? <Avatar {...target.channel.avatar} size="s" /> : <Icon name={target.icon ?? 'go'} />}
            <span class="cut"><bdi>{target.label}</bdi></span><span class="quiet small">{target.detail}</span>
          </li>
        ))}
      </ul>
      {results.length === 0 && <p class="quiet jump-none">{t('jump.none', { q: q.value })}</p>}
    </Dialog>
  );
}
