// What is measured on a page as it stands; each check gives sentences about what is wrong, none where all is right.
(() => {
  const seen = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest('.unseen, [inert]')
    && e.getClientRects().length > 0;
  const named = (e) => `${e.tagName.toLowerCase()}${e.id ? '#' + e.id : ''}${[...e.classList].map(c => '.' + c).join('')}`
    + ` “${(e.innerText || e.value || e.getAttribute('aria-label') || '').trim().slice(0, 24)}”`;
  const CONTROLS = 'a[href], button, select, textarea, input:not([type=hidden]), summary, [tabindex="0"]';
  // Of very many of a kind, every second or third tells as much.
  const some = (all) => all.filter((_, at) => at % Math.ceil(all.length / 80) === 0);
  const controls = () => [...document.querySelectorAll(CONTROLS)].filter(e => seen(e) && !e.matches('.skip'));
  const light = (c) => { const [r, g, b] = c.match(/[\d.]+/g).map(Number).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const clear = (c) => c === 'transparent' || /^rgba\(.*, 0\)$/.test(c);
  const grounds = new Map();
  const ground = (e) => {
    if (!e) return 'rgb(255, 255, 255)';
    if (!grounds.has(e)) { const c = getComputedStyle(e).backgroundColor; grounds.set(e, clear(c) ? ground(e.parentElement) : c); }
    return grounds.get(e);
  };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)]; return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05); };

  // Text, and what is written faintly where nothing is written yet.
  const contrasts = (least) => {
    const found = [];
    for (const e of document.querySelectorAll('body *')) {
      if (!seen(e) || ['OPTION', 'OPTGROUP', 'IMG'].includes(e.tagName)) continue;
      const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || e.value;
      const told = own ? [[e, null]] : [];
      if (e.placeholder) told.push([e, '::placeholder']);
      for (const [one, part] of told) {
        const found_ = ratio(getComputedStyle(one, part).color, ground(one));
        if (found_ < least) found.push(`contrast ${found_.toFixed(2)}: ${named(one)} ${part || ''}`);
      }
    }
    return found;
  };
  // The edge or the ground by which a control is seen.
  const edges = () => controls().filter(e => e.matches('button, select, textarea, input') && !e.matches('[type=checkbox], [type=radio]'))
    .flatMap(e => { const s = getComputedStyle(e), around = ground(e.parentElement);
      const best = Math.max(parseFloat(s.borderTopWidth) ? ratio(s.borderTopColor, around) : 0, ratio(ground(e), around));
      return best < 3 ? [`edge ${best.toFixed(2)}: ${named(e)}`] : []; });
  const letters = (least) => [...document.querySelectorAll('body *')].filter(e => seen(e)
    && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && parseFloat(getComputedStyle(e).fontSize) < least)
    .map(e => `letters of ${getComputedStyle(e).fontSize}: ${named(e)}`);

  // A link in running text is as large as the text (WCAG 2.2, 2.5.8 exempts it).
  const inText = (e) => e.matches('a') && getComputedStyle(e).display === 'inline'
    && [...e.parentElement.childNodes].some(n => n !== e && n.textContent.trim());
  const target = (e) => (e.matches('[type=checkbox], [type=radio]') && e.closest('label')) || e;
  const taps = (least, small = 'none') => controls().filter(e => !inText(e) && !e.matches('[tabindex]:not(a, button, input, select, textarea)'))
    .flatMap(e => { const b = target(e).getBoundingClientRect();
      const own = e.matches(small) ? 24 : least;
      return b.height < own - .1 || b.width < own - .1 ? [`${Math.round(b.width)}×${Math.round(b.height)}: ${named(e)}`] : []; });

  const scrolls = (e) => ['auto', 'scroll'].includes(getComputedStyle(e).overflowX);
  const inScroller = (e) => { for (e = e.parentElement; e && e !== document.body; e = e.parentElement) if (scrolls(e)) return true; return false; };
  const cut = () => {
    const found = [];
    if (document.documentElement.scrollWidth > innerWidth) found.push(`scrolls sideways: ${document.documentElement.scrollWidth} > ${innerWidth}`);
    for (const e of document.querySelectorAll('body *')) {
      if (!seen(e) || e.closest('.skip')) continue;
      const box = e.getBoundingClientRect();
      if (!inScroller(e) && (box.right > innerWidth + 1 || box.left < -1)) found.push(`outside: ${named(e)}`);
      const s = getComputedStyle(e);
      const hides = ['hidden', 'clip'].includes(s.overflowX) || e.matches('button');
      if (hides && s.display !== 'inline' && e.scrollWidth > e.clientWidth + 2 && !e.matches('select')) found.push(`cut: ${named(e)}`);
    }
    return found;
  };
  const around = (e, hit) => hit && (e.contains(hit) || hit.contains(e) && hit.matches('label, summary') || e.closest('label')?.contains(hit));
  const corners = (b) => [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]]
    .map(([x, y]) => [Math.min(Math.max(b.left + b.width * x, 0), innerWidth - 1), Math.min(Math.max(b.top + b.height * y, 0), innerHeight - 1)]);
  const reachable = () => some(controls()).flatMap(e => {
    e.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
    const rects = [...target(e).getClientRects()];
    return rects.some(b => corners(b).some(([x, y]) => around(target(e), document.elementFromPoint(x, y)))) ? [] : [`out of reach: ${named(e)}`];
  });
  // After a key was pressed, so that the browser shows where the focus is.
  const focus = () => {
    const found = [...document.querySelectorAll('[tabindex]')].filter(e => e.tabIndex > 0).map(e => `out of order: ${named(e)}`);
    for (const e of some(controls().filter(one => one.tabIndex >= 0 && !one.disabled))) {
      e.focus();
      if (document.activeElement !== e) { found.push(`takes no focus: ${named(e)}`); continue; }
      const ringed = [e, e.closest('label')].some(one => { if (!one) return false; const s = getComputedStyle(one);
        return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 && ratio(s.outlineColor, ground(one.parentElement)) >= 3; });
      if (!ringed) found.push(`focus not seen: ${named(e)}`);
      if (![...e.getClientRects()].some(b => corners(b).some(([x, y]) => around(e, document.elementFromPoint(x, y))))) found.push(`focus hidden: ${named(e)}`);
    }
    return found;
  };
  const structure = () => [
    ...(document.querySelectorAll('h1').length === 1 ? [] : [`${document.querySelectorAll('h1').length} headings of the first rank`]),
    ...(document.title.trim() ? [] : ['no title']), ...(document.documentElement.lang === 'zh-CN' ? [] : ['not said to be Chinese']),
  ];
  return { contrasts, edges, letters, taps, cut, reachable, focus, structure };
})()
