// Pagepoll's loader: decides, at the cost of this one file, whether the widget is needed on this page.
// The collector fills in the __NAMES__. The answer to "nothing to do here" must stay under 2 kB (cargo xtask size).
(() => {
  const site = "pagepoll:__SITE__", config = "__CONFIG__", gate = new RegExp(__GATE__, "i");
  const origin = new URL(document.currentScript.src).origin;
  let store, started;
  try { store = localStorage; } catch { /* blocked: the widget remembers in memory */ }
  if (window[site]) return;
  window[site] = 1;

  // An answer that has not been delivered yet wakes the widget on any page.
  const undelivered = () => store && Object.keys(store).some((key) => key.startsWith(site + ":out:"));

  // Everything that this visitor could be shown has been shown: sleep until the surveys change.
  const asleep = () => store && store[site + ":sleep"] == config;

  // See survey::gate for what the pattern expects. A path that cannot be decoded is let through.
  const admitted = () => {
    try { return gate.test(decodeURI(location.pathname).replace(/\/+$/, "")); } catch { return true; }
  };

  const start = async () => {
    if (started || !(undelivered() || !asleep() && admitted())) return;
    started = 1;
    try {
      const wasm = fetch(origin + "__WASM__"), surveys = fetch(origin + config);
      const widget = await import(origin + "__JS__");
      await widget.default({ module_or_path: wasm });
      widget.start(origin, config, new Uint8Array(await (await surveys).arrayBuffer()));
    } catch (error) {
      console.warn(`Pagepoll shows no survey here. If the page has a Content-Security-Policy, allow script-src ${origin} 'wasm-unsafe-eval' and connect-src ${origin}.`, error);
    }
  };

  // Nothing before the page's own load; then when the page is idle, and on every route of a single-page application.
  const whenIdle = () => (window.requestIdleCallback || setTimeout)(start);
  if (document.readyState == "complete") whenIdle(); else addEventListener("load", whenIdle);
  if (window.navigation) navigation.addEventListener("navigatesuccess", whenIdle); else addEventListener("popstate", whenIdle);
})();
