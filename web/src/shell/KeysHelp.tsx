import { signal } from '@preact/signals';
import { t, type Key } from '../i18n/index.ts';
import { Dialog } from '../ui/Dialog.tsx';

export const keysOpen = signal(false);

const groups: [Key, [string, Key][]][] = [
  ['keys.everywhere', [['Ctrl K', 'keys.jump'], ['/', 'keys.search'], ['G O M C D L', 'keys.go'], ['?', 'keys.help'], ['Esc', 'keys.close']]],
  ['keys.overview', [['J K', 'keys.row'], ['↵', 'keys.ranges']]],
  ['nav.logs', [['L Space', 'keys.follow'], ['J K', 'keys.line'], ['↵', 'keys.openLine'], ['End', 'keys.logEnd']]],
  ['nav.jobs', [['P', 'keys.pause']]],
  ['keys.searchPage', [['/', 'keys.search'], ['J K', 'keys.hit'], ['⌫', 'keys.lastChip']]],
  ['keys.channels', [['N', 'keys.add'], ['X', 'keys.select'], ['F', 'keys.filter']]],
  ['nav.destinations', [['J K', 'keys.row'], ['T', 'dd.tryNow']]],
  ['nav.setAside', [['J K', 'keys.row'], ['X ⇧X', 'keys.select'], ['R', 'keys.retry'], ['D', 'keys.drop']]],
  ['nav.rules', [['J K', 'keys.row'], ['N', 'ru.new'], ['Ctrl ↵', 'ru.try'], ['Ctrl S', 'ru.save']]],
  ['keys.reader', [['J K', 'keys.message'], ['[ ]', 'keys.channel'], ['E', 'keys.diff'], ['I', 'keys.inspector'], ['Y', 'keys.link'], ['D', 'keys.date'], ['End', 'keys.end'], ['F', 'keys.filter']]],
];

export function KeysHelp() {
  if (!keysOpen.value) return null;
  return (
    <Dialog title={t('keys.title')} onClose={() => { keysOpen.value = false; }} class="keys">
      <div class="keys-columns">
        {groups.map(([title, keys]) => (
          <section key={title}>
            <h3>{t(title)}</h3>
            <dl>{keys.map(([key, text]) => <div key={text}><dt>{key.split(' ').map((k) => <kbd key={k}>{k}</kbd>)}</dt><dd>{t(text)}</dd></div>)}</dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
