/** The part of Node-RED's editor API that the panels use. */
import { isAllowed, type Right } from '../../rights.js';

/** jQuery, as far as the editor's own widgets need it. */
export interface Query {
  typedInput(options: object): Query;
  typedInput(method: 'type' | 'value'): string;
  typedInput(method: 'type' | 'value', value: string): Query;
  editableList(options: EditableListOptions): Query;
  editableList(method: 'items'): Query;
  editableList(method: 'addItem', data: object): Query;
  editableList(method: 'empty'): Query;
  editableList(method: 'height', value: number | 'auto'): Query;
  /** Of an editable list's items: each item is a query itself. */
  each(callback: (index: number, item: Query) => void): Query;
  data(key: string): unknown;
  on(event: string, handler: () => void): Query;
  val(value: string): Query;
  trigger(event: string): Query;
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

/** Looks up a text in the catalogue of one node type. */
export type Translate = (key: string, values?: Record<string, string | number>) => string;

/** What a node type's registration holds. */
interface NodeDefinition {
  _: Translate;
  category: string;
  paletteLabel?: (this: NodeDefinition) => string;
  defaults: Record<string, { value?: unknown }>;
}

/** A tray that slides in over the flow, as the panels of nodes do. */
export interface TrayOptions {
  title: string;
  width?: number;
  buttons: { id?: string; text: string; class?: string; click: () => void }[];
  open: (tray: { find(selector: string): Query }) => void;
  close?: () => void;
  show?: () => void;
}

export interface NotifyOptions {
  type: 'success' | 'warning' | 'error';
  modal?: boolean;
  fixed?: boolean;
  buttons?: { text: string; class?: string; click: () => void }[];
}

export interface MenuItem {
  id: string;
  label: string;
  /** The name of an action. */
  onselect?: string;
  options?: MenuItem[];
}

interface Editor {
  /** Takes strings too, as markup; `notify.ts` is the way to it. */
  notify(content: HTMLElement, options: NotifyOptions): { close(): void };
  /** The user is absent where Node-RED has no login. */
  settings: { apiRootUrl?: string; user?: { permissions?: unknown } };
  nodes: {
    node(id: string): EditorNode | null;
    filterNodes(filter: { type?: string; z?: string }): EditorNode[];
    add(node: EditorNode): EditorNode;
    eachConfig(callback: (node: EditorNode) => void): void;
    getType(type: string): NodeDefinition | undefined;
    /** Adds nodes as an import does. */
    import(nodes: object[], options: object): { nodes: { id: string }[] };
    addLink(link: { source: EditorNode; sourcePort: number; target: EditorNode }): void;
    dirty(): boolean;
    dirty(changed: boolean): void;
  };
  editor: {
    editConfig(name: string, type: string, id: string): void;
    editExpression(options: { value: string; complete: (value: string) => void }): void;
  };
  /** Why not, or only that it is not. */
  utils: { validateTypedProperty(value: string, type: string): boolean | string };
  view: {
    redraw(withNodes: boolean): void;
    reveal(id: string): void;
    focus(): void;
    select(what: { nodes: EditorNode[] }): void;
    selection(): { nodes?: EditorNode[] };
    /** A node as the palette makes it; in no flow yet. */
    createNode(type: string): { node: EditorNode; historyEvent: object };
  };
  /** 0 where no flow is open. */
  workspaces: { active(): string | 0; isLocked(): boolean };
  history: { push(event: object): void };
  actions: { add(name: string, action: () => void, options?: object): void };
  menu: { addItem(menu: string, item: MenuItem): void };
  tray: { show(options: TrayOptions): void; close(): void };
  sidebar: { addTab(options: object): void; show(id: string): void };
  comms: { subscribe(topic: string, handler: (topic: string, data: unknown) => void): void };
  events: { on(event: string, handler: (subject?: unknown) => void): void };
}

interface FailedResponse {
  status: number;
  responseJSON?: { message?: unknown };
}

declare global {
  const RED: Editor;
  const $: ((selector: string | Element | Query) => Query) & {
    ajax(options: object): {
      done(handler: (data: unknown) => void): { fail(handler: (response: FailedResponse) => void): void };
    };
  };
}

/**
 * Whether who sits at the editor has a right, so that nothing is offered that the runtime would refuse.
 * @param formerly the permission that allowed it before there were rights
 */
export function may(right: Right, formerly?: string): boolean {
  const { user } = RED.settings;
  const access = formerly === undefined ? { right } : { right, formerly };
  return user === undefined || isAllowed(user.permissions, access);
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

/**
 * Calls an admin route; the editor adds the access token to jQuery's calls.
 * @throws Error with the route's own message, or else the HTTP status, in words where there was no answer
 */
export function api<T>(method: 'GET' | 'POST', url: string, body?: object): Promise<T> {
  const data = body === undefined ? {} : { data: JSON.stringify(body), contentType: 'application/json' };
  return new Promise((resolve, reject) => {
    $.ajax({ method, url, dataType: 'json', ...data })
      .done((answer) => resolve(answer as T))
      .fail(({ status, responseJSON }) => {
        const message = responseJSON?.message;
        reject(new Error(typeof message === 'string' ? message : inWords(status)));
      });
  });
}

/** No answer at all is no number for a person. */
function inWords(status: number): string {
  const word = status === 0 ? RED.nodes.getType('gridwire-broker')?._('gridwire.panel.no-answer') : undefined;
  return word ?? String(status);
}
