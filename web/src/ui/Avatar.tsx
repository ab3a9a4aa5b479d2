export function Avatar({ initials, hue, size = 'm' }: { initials: string; hue: number; size?: 's' | 'm' | 'l' }) {
  return <span class={`avatar avatar-${size} hue-${((hue % 10) + 10) % 10}`} aria-hidden="true">{[...initials].slice(0, 2).join('')}</span>;
}
/** A stable hue for names that the API gives none for. */
export function hueOf(name: string): number {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return sum % 10;
}
