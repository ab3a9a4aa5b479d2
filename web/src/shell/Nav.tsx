// Sidebar at 1280 px, rail at 900 px, bottom bar below.
import { signal } from '@preact/signals';
import { useLocation } from 'preact-iso';
import { base } from '../api/client.ts';
import type { Overview } from '../api/types.ts';
import { now } from '../app/clock.ts';
import { num, span } from '../app/format.ts';
import { href } from '../app/links.ts';
import { useOverview } from '../app/useOverview.ts';
import { t, word, type Key } from '../i18n/index.ts';
import { Avatar, hueOf } from '../ui/Avatar.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon, Logo } from '../ui/Icon.tsx';
import { openJump } from './Jump.tsx';
import { isAt, pages, type NavPage } from './pages.ts';

interface Badge { text: string; tone: 'quiet' | 'warn' | 'busy' }
function badgeOf(page: NavPage, data: Overview | undefined): Badge | null {
  if (!data) return null;
  if (page.badge === 'channels' && data.completeness.channels > 0) return { text: num(data.completeness.channels), tone: 'quiet' };
  if (page.badge === 'accounts') {
    const ended = data.accounts.filter(({ state }) => state === 'revoked' || state === 'failed').length;
    return ended > 0 ? { text: t('nav.ended', { n: ended }), tone: 'warn' } : data.accounts.length > 0 ? { text: num(data.accounts.length), tone: 'quiet' } : null;
  }
  if (page.badge === 'destinations') {
    const late = data.destinations.filter(({ state }) => state === 'late' || state === 'gapped').length;
    return late > 0 ? { text: t('nav.late', { n: late }), tone: 'warn' } : null;
  }
  if (page.badge === 'jobs' && (data.jobsRunning ?? 0) > 0) return { text: t('nav.running', { n: data.jobsRunning ?? 0 }), tone: 'busy' };
  if (page.badge === 'setAside') {
    const aside = data.attention.filter(({ code }) => code === 'set_aside').reduce((sum, { count }) => sum + (count ?? 0), 0);
    return aside > 0 ? { text: num(aside), tone: 'warn' } : null;
  }
  return null;
}

function Item({ page, data }: { page: NavPage; data?: Overview }) {
  const { path } = useLocation();
  const badge = badgeOf(page, data);
  const label = t(page.key);
  return (
    <li>
      <a class="nav-item" href={href(page.path)} aria-current={isAt(page.path, path, base) ? 'page' : undefined} title={label}>
        <Icon name={page.icon} size={18} />
        <span class="nav-label">{label}</span>
        {badge && <span class={`badge badge-${badge.tone}`}>{badge.text}</span>}
      </a>
    </li>
  );
}

export function Sidebar() {
  const { data } = useOverview();
  const groups = [...new Set(pages.map(({ group }) => group))];
  return (
    <nav class="sidebar" aria-label={t('app.menu')}>
      <div class="brand">
        <Logo />
        <div class="brand-text"><span class="strong">{t('app.name')}</span>{data && <span class="quiet small">{t('app.unofficial', { version: data.version })}</span>}</div>
      </div>
      <button type="button" class="jump-button" onClick={openJump} aria-label={`${t('jump.open')} Ctrl K`} aria-keyshortcuts="Control+K">
        <Icon name="search" size={16} /><span class="nav-label">{t('jump.open')}</span><kbd class="nav-label">Ctrl K</kbd>
      </button>
      <div class="nav-scroll">
        {groups.map((group) => (
          <div class="nav-group" key={group ?? 'top'}>
            {group && <p class="nav-head nav-label">{t(group)}</p>}
            <ul>{pages.filter((page) => page.group === group).map((page) => <Item key={page.path} page={page} data={data} />)}</ul>
          </div>
        ))}
      </div>
      <AccountsCard data={data} />
    </nav>
  );
}

const stateIcon: Record<string, [string, string]> = { running: ['ok', 'accent'], connected: ['ok', 'accent'], connecting: ['unknown', 'quiet'], signed_out: ['stopped', 'bad'], revoked: ['stopped', 'bad'], signing_in: ['unknown', 'quiet'], failed: ['bad', 'bad'], stopped: ['stopped', 'quiet'] };
const age = (seconds: number): string => span(seconds, seconds < 3_600 ? 1 : 2);
function AccountsCard({ data }: { data?: Overview }) {
  if (!data || data.accounts.length === 0) return null;
  return (
    <ul class="accounts" aria-label={t('nav.accounts')}>
      {data.accounts.slice(0, 3).map((account) => {
        const [icon, tone] = stateIcon[account.state] ?? ['warn', 'warn'];
        return (
          <li key={account.name}>
            <Avatar initials={account.name.slice(0, 1).toUpperCase()} hue={hueOf(account.name)} size="s" />
            <span class="account-text nav-label">
              <span class="strong small">{account.name}</span>
              <span class="quiet small">{word('account', account.state)}{account.since ? ` ${age((now.value - Date.parse(account.since)) / 1000)}` : ''}</span>
            </span>
            <Icon name={icon} size={15} class={`nav-label ${tone}`} />
          </li>
        );
      })}
    </ul>
  );
}

const moreOpen = signal(false);
const bottom: { path: string; key: Key }[] = [
  { path: '', key: 'nav.home' }, { path: 'c', key: 'nav.messages' }, { path: 'channels', key: 'nav.channels' }, { path: 'destinations', key: 'nav.destinations' },
];

export function BottomBar() {
  const { path } = useLocation();
  const { data } = useOverview();
  const rest = pages.filter((page) => !bottom.some((entry) => entry.path === page.path));
  return (
    <nav class="bottombar" aria-label={t('app.menu')}>
      {bottom.map((entry) => {
        const page = pages.find((candidate) => candidate.path === entry.path) as NavPage;
        return (
          <a key={entry.path} href={href(entry.path)} aria-current={isAt(entry.path, path, base) ? 'page' : undefined}>
            <span class="bottom-icon"><Icon name={page.icon} size={21} />{badgeOf(page, data)?.tone === 'warn' && <i class="dot-warn" />}</span>
            <span>{t(entry.key)}</span>
          </a>
        );
      })}
      <button type="button" aria-haspopup="dialog" onClick={() => { moreOpen.value = true; }}>
        <span class="bottom-icon"><Icon name="more" size={21} /></span><span>{t('app.more')}</span>
      </button>
      {moreOpen.value && (
        <Dialog title={t('app.more')} onClose={() => { moreOpen.value = false; }} class="sheet">
          <ul class="sheet-list">
            {rest.map((page) => (
              <li key={page.path}><a class="nav-item" href={href(page.path)} onClick={() => { moreOpen.value = false; }}><Icon name={page.icon} size={20} /><span>{t(page.key)}</span></a></li>
            ))}
          </ul>
        </Dialog>
      )}
    </nav>
  );
}
