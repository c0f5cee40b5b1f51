/** The part of Node-RED's editor API that the panels use. */

/** jQuery, as far as the editor's own widgets need it. */
export interface Query {
  typedInput(options: object): Query;
  typedInput(method: 'type' | 'value'): string;
  typedInput(method: 'type' | 'value', value: string): Query;
  editableList(options: EditableListOptions): Query;
  editableList(method: 'items'): Query;
  editableList(method: 'addItem', data: object): Query;
  editableList(method: 'empty' | 'height', value?: number): Query;
  /** Of an editable list's items: each item is a query itself. */
  each(callback: (index: number, item: Query) => void): Query;
  data(key: string): unknown;
  on(event: string, handler: () => void): Query;
  length: number;
  0: HTMLElement;
}

export interface EditableListOptions {
  addItem: (row: Query, index: number, data: Record<string, unknown>) => void;
  removable?: boolean;
  sortable?: boolean;
  addButton?: boolean | string;
  header?: Query;
}

/** A node in the editor, while its panel is open. */
export interface EditorNode {
  id: string;
  type: string;
  _(key: string, values?: Record<string, string | number>): string;
  [property: string]: unknown;
}

interface Editor {
  notify(text: string, options?: object): unknown;
  settings: { apiRootUrl?: string };
  nodes: {
    node(id: string): EditorNode | null;
    filterNodes(filter: { type: string }): { id: string; name?: unknown }[];
  };
  sidebar: { addTab(options: object): void };
  comms: { subscribe(topic: string, handler: (topic: string, data: unknown) => void): void };
  events: { on(event: string, handler: () => void): void };
}

declare global {
  const RED: Editor;
  const $: ((selector: string | Element | Query) => Query) & {
    ajax(options: object): {
      done(handler: (data: unknown) => void): { fail(handler: (response: { status: number }) => void): void };
    };
  };
}

/** The rows of the open panel that have a class. */
export function rows(className: string): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(`.${className}`)];
}

/** An element of the open panel. @throws if the panel has no such control, which is a fault of ours */
export function control<T extends HTMLElement = HTMLInputElement>(id: string): T {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The panel has no control ${id}`);
  return element as T;
}

/** Calls an admin route; the editor adds the access token to jQuery's calls. */
export function api<T>(method: 'GET' | 'POST', url: string, body?: object): Promise<T> {
  const data = body === undefined ? {} : { data: JSON.stringify(body), contentType: 'application/json' };
  return new Promise((resolve, reject) => {
    $.ajax({ method, url, dataType: 'json', ...data })
      .done((answer) => resolve(answer as T))
      .fail((response) => reject(new Error(String(response.status))));
  });
}
