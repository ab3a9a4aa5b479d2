// The topics of a forum as tabs.
import { t } from '../i18n/index.ts';
import { shownName } from './truth.ts';

export function Topics({ topics, chosen, onChoose }: { topics: { id: string; title: string }[]; chosen: string; onChoose: (id: string) => void }) {
  const all = [{ id: '', title: t('r.allTopics') }, ...topics];
  return (
    <div class="topics" role="tablist" aria-label={t('r.topics')}>
      {all.map((topic, i) => {
        const active = topic.id === chosen;
        return (
          <button key={topic.id} type="button" role="tab" id={`topic-${topic.id}`} class="tab" aria-selected={active} aria-controls="reader-panel" tabIndex={active ? 0 : -1}
            onClick={() => onChoose(topic.id)} onKeyDown={(event) => {
              const to = event.key === 'ArrowRight' ? i + 1 : event.key === 'ArrowLeft' ? i - 1 : event.key === 'Home' ? 0 : event.key === 'End' ? all.length - 1 : null;
              const next = to === null ? undefined : all[(to + all.length) % all.length];
              if (!next) return;
              event.preventDefault();
              event.stopPropagation();
              document.getElementById(`topic-${next.id}`)?.focus();
              onChoose(next.id);
            }}><bdi>{shownName(topic.title)}</bdi></button>
        );
      })}
    </div>
  );
}
