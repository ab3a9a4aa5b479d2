// Runs before the first paint so that the theme does not flash.
(function () {
  var root = document.documentElement;
  var chosen = {};
  try { chosen = JSON.parse(localStorage.getItem('telegram-gateway.settings') || '{}'); } catch (e) { /* storage is off */ }
  var dark = chosen.theme === 'dark' || (chosen.theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.dataset.theme = dark ? 'dark' : 'light';
  root.dataset.density = chosen.density === 'compact' ? 'compact' : 'comfortable';
  var meta = document.querySelector('meta[name="theme-color"]');
  if (meta) meta.content = dark ? '#0E1216' : '#F6F7F8';
})();
