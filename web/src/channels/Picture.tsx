// A channel's picture from the bytes that the API gives; its initials without one.
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Avatar, hueOf } from '../ui/Avatar.tsx';

const jpeg = /^data:image\/jpeg;base64,([A-Za-z0-9+/]+=*)$/;

export function Picture({ title, data }: { title: string; data?: string }) {
  const url = useSignal('');
  useEffect(() => {
    const found = data ? jpeg.exec(data) : null;
    if (!found) return;
    // The policy allows no data: addresses.
    const bytes = Uint8Array.from(atob(found[1] as string), (character) => character.charCodeAt(0));
    const made = URL.createObjectURL(new Blob([bytes], { type: 'image/jpeg' }));
    url.value = made;
    return () => URL.revokeObjectURL(made);
  }, [data]);
  if (url.value) return <img class="avatar avatar-l" src={url.value} alt="" width={40} height={40} />;
  return <Avatar initials={title.replace(/^@/, '').slice(0, 2).toUpperCase() || '?'} hue={hueOf(title)} size="l" />;
}
