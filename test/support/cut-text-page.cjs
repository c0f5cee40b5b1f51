'use strict';

/**
 * Runs in a page: what of its texts cannot be read below one element.
 * @param {string} selector
 */
function look(selector) {
  const page = globalThis;
  const { document } = page;
  const faults = [];
  const canvas = document.createElement('canvas').getContext('2d');
  const style = (each) => page.getComputedStyle(each);
  const widthOf = (text, each) => {
    const { fontStyle, fontWeight, fontSize, fontFamily } = style(each);
    canvas.font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
    return canvas.measureText(text).width;
  };
  /** Room for text between the paddings. */
  const roomOf = (each) =>
    each.clientWidth - parseFloat(style(each).paddingLeft) - parseFloat(style(each).paddingRight);
  const isShown = (each) => each.checkVisibility({ visibilityProperty: true });
  const named = (each) =>
    `${each.tagName.toLowerCase()}${each.id === '' ? '' : `#${each.id}`}${
      typeof each.className === 'string' && each.className !== ''
        ? `.${each.className.trim().replaceAll(/\s+/g, '.')}`
        : ''
    }`;
  /** What an element moves in; another's scrolled content lies elsewhere than it seems. */
  const frameOf = (each) => {
    let frame = each.parentElement;
    while (frame !== null && !/auto|scroll|hidden/.test(style(frame).overflow)) frame = frame.parentElement;
    return frame;
  };
  for (const root of document.querySelectorAll(selector)) {
    const edge = root.getBoundingClientRect();
    const all = [...root.querySelectorAll('*')].filter(
      (each) =>
        isShown(each) &&
        each.closest('svg') === null &&
        !each.matches('.red-ui-tabs, .red-ui-tabs ul, .red-ui-tab-label'),
    );
    for (const each of all) {
      const says = (text) =>
        faults.push(`${text}: ${named(each)} "${(each.textContent ?? '').trim().slice(0, 60)}"`);
      const box = each.getBoundingClientRect();
      if (box.width === 0 || box.height === 0) continue;
      if (each.matches('input[type=text], input[type=password], input[type=search], input:not([type])')) {
        if (
          each.value === '' &&
          each.placeholder !== '' &&
          widthOf(each.placeholder, each) > roomOf(each) + 1
        )
          faults.push(`placeholder cut: ${named(each)} "${each.placeholder}"`);
        if (widthOf(each.value, each) > roomOf(each) + 1)
          faults.push(`value cut: ${named(each)} "${each.value}"`);
        continue;
      }
      if (each.matches('textarea')) continue;
      if (each.matches('select')) {
        const chosen = each.options[each.selectedIndex]?.text ?? '';
        // The arrow takes about 20 pixels.
        if (widthOf(chosen, each) > roomOf(each) - 20) faults.push(`choice cut: ${named(each)} "${chosen}"`);
        continue;
      }
      const { overflowX, overflowY, textOverflow, webkitLineClamp } = style(each);
      // The first lines of a text that says by dots that there is more, and all of it where the pointer rests.
      if (webkitLineClamp !== 'none' && each.title === each.textContent) continue;
      const hides = (overflow) => overflow === 'hidden' || overflow === 'clip';
      if ((hides(overflowX) || textOverflow === 'ellipsis') && each.scrollWidth > each.clientWidth + 1)
        says('cut');
      if (hides(overflowY) && each.scrollHeight > each.clientHeight + 1) says('cut below');
      if (each.matches('button, label, span, a, summary, .red-ui-button') && box.right > edge.right + 1)
        says('beyond the edge');
    }
    const controls = all.filter((each) =>
      each.matches(
        'button, input:not([type=checkbox], [type=radio]), select, textarea, label, .red-ui-button',
      ),
    );
    for (const [index, one] of controls.entries()) {
      for (const other of controls.slice(index + 1)) {
        if (frameOf(one) !== frameOf(other)) continue;
        if (one.contains(other) || other.contains(one)) continue;
        const a = one.getBoundingClientRect();
        const b = other.getBoundingClientRect();
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        const pair = `${named(one)} "${(one.textContent ?? '').trim().slice(0, 30)}" and ${named(other)} "${(other.textContent ?? '').trim().slice(0, 30)}"`;
        if (across > 1 && down > 1) faults.push(`over one another: ${pair}`);
        const areButtons = [one, other].every(
          (each) =>
            each.matches('button, .red-ui-button') &&
            each.closest('.red-ui-typedInput-container, .ui-spinner, .button-group') === null,
        );
        if (
          areButtons &&
          ((across > -2 && down > 1) || (down > -2 && across > 1)) &&
          !(across > 1 && down > 1)
        )
          faults.push(`touching: ${pair}`);
      }
    }
  }
  return faults;
}

module.exports = { look };
