'use strict';

/** Runs in the page: everything that a page may send to another origin, and what of the answers it can read. */
async function attack({ attempts, stream }) {
  const { Blob, document, navigator, WebSocket } = globalThis;
  const read = [];
  const tell = (what, text) => void read.push(`${what}: ${String(text)}`);
  const tried = async (what, url, init) => {
    try {
      const answer = await fetch(url, { ...init, credentials: 'include' });
      if (answer.ok) tell(what, await answer.text());
    } catch {
      // The browser has kept it from the page.
    }
  };
  const loaded = (url) =>
    new Promise((resolve) => {
      const element = document.createElement('script');
      element.onload = element.onerror = () => resolve();
      element.src = url;
      document.body.append(element);
    });
  const sent = ({ url, body }, enctype) =>
    new Promise((resolve) => {
      const frame = document.createElement('iframe');
      frame.name = `frame-${document.querySelectorAll('iframe').length}`;
      document.body.append(frame);
      const form = document.createElement('form');
      Object.assign(form, { action: url, method: 'POST', enctype, target: frame.name });
      const input = document.createElement('input');
      // As plain text this is JSON to the letter.
      input.name = `${body.slice(0, -1)}${body === '{}' ? '' : ','}"x":"`;
      input.value = '"}';
      form.append(input);
      document.body.append(form);
      frame.onload = () => resolve();
      form.submit();
    });
  const json = { 'content-type': 'application/json' };
  const fired = async (attempt) => {
    const { name, method, url, body } = attempt;
    if (method === 'GET') {
      await tried(`fetch ${name}`, url, {});
      await tried(`fetch without CORS ${name}`, url, { mode: 'no-cors' });
      await loaded(url);
      return;
    }
    await tried(`fetch ${name}`, url, { method, body, headers: json });
    await tried(`simple fetch ${name}`, url, { method, body });
    await tried(`fetch without CORS ${name}`, url, { method, body, mode: 'no-cors' });
    await tried(`fetch without a type ${name}`, url, { method, body: new Blob([body]) });
    navigator.sendBeacon(url, body);
    for (const enctype of ['application/x-www-form-urlencoded', 'text/plain']) await sent(attempt, enctype);
  };
  await Promise.all(attempts.map(fired));
  await new Promise((resolve) => {
    const socket = new WebSocket(stream);
    socket.onmessage = ({ data }) => tell('stream', data);
    socket.onopen = () => tell('stream', 'was opened');
    socket.onclose = () => resolve();
  });
  return read;
}

module.exports = { attack };
