// The last edit inside the bubble: formatting kept, words struck and underlined.
import type { Entity, Version } from '../api/types.ts';
import { words } from './diff.ts';
import { Added, OtherChanges, Removed } from './change.tsx';
import { Text } from './Text.tsx';

export function EditDiff({ versions, text, entities }: { versions: Version[]; text: string; entities?: Entity[] }) {
  const before = versions.at(-2);
  const after = versions.at(-1);
  if (!before || !after) return <Text text={text} entities={entities} />;
  if (before.text === text) return <><Text text={text} entities={entities} /><OtherChanges before={before} after={after} /></>;
  return (
    <>
      {words(before.text, text).map((piece, i) => {
        if (piece.kind === 'removed') return <Removed key={i}>{piece.text}</Removed>;
        const kept = <Text text={text} entities={entities} from={piece.start} to={piece.start + piece.text.length} />;
        return piece.kind === 'added' ? <Added key={i}>{kept}</Added> : <span key={i}>{kept}</span>;
      })}
      <OtherChanges before={before} after={after} />
    </>
  );
}
