// The service worker keeps the shell for offline opening. It needs HTTPS or loopback.
interface Policy { createScriptURL(url: string): string }
interface PolicyFactory { createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): Policy }

export function registerWorker(): void {
  if (!('serviceWorker' in navigator)) return;
  const address = new URL('sw.js', document.baseURI).href;
  const factory = (window as unknown as { trustedTypes?: PolicyFactory }).trustedTypes;
  const url = factory ? factory.createPolicy('sw', { createScriptURL: () => address }).createScriptURL('') : address;
  navigator.serviceWorker.register(url).catch(() => { /* refused by the browser: the dashboard works without it */ });
}
