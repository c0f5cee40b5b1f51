import { addSection } from '../sidebar/sidebar.js';
import { DiagramView } from './diagram-view.js';
import { Recording } from './frames.js';
import { Plots } from './plots.js';
import { StudyProgress } from './study-progress.js';
import { StudyView } from './study-view.js';
import { decimal } from '../written.js';

const NODE_TYPE = 'gridwire-grid-sim';

type Translate = (key: string, values?: Record<string, string | number>) => string;

/** Adds the view of running simulations to the sidebar. */
export function addSidebar(translate: Translate): void {
  addSection('grid', () => {
    const text: Translate = (key, values) => translate(`${NODE_TYPE}.view.${key}`, values);
    const grid = new Grid(text);
    return { label: text('title'), element: grid.element, opened: () => grid.opened() };
  });
}

/** Chooses a simulation, draws it, and follows it for as long as it is chosen. */
class Grid {
  readonly element = document.createElement('div');
  private readonly choice = document.createElement('select');
  private readonly message = document.createElement('div');
  private readonly zoom = document.createElement('input');
  private readonly diagramBox = document.createElement('div');
  private readonly plots: Plots;
  private readonly study: StudyView;
  private readonly studyProgress: StudyProgress;
  private view: DiagramView | undefined;
  private recording: Recording | undefined;
  private updating = false;
  private again: number | undefined;

  constructor(private readonly text: Translate) {
    this.element.className = 'gridwire-grid-sidebar';
    this.study = new StudyView(text);
    this.studyProgress = new StudyProgress(text, () => this.recording?.cancelStudy());
    Object.assign(this.zoom, { type: 'range', min: '1', max: '6', step: '0.5', value: '1' });
    this.zoom.addEventListener('input', () => this.view?.zoom(Number(this.zoom.value)));
    this.message.setAttribute('role', 'status');
    this.diagramBox.className = 'gridwire-diagram-box';
    const plotBox = document.createElement('div');
    this.element.append(
      labelled(text('choose'), this.choice),
      this.message,
      labelled(text('zoom'), this.zoom),
      this.diagramBox,
      plotBox,
      this.studyProgress.element,
      this.study.element,
    );
    this.plots = new Plots(plotBox, text);
    this.choice.addEventListener('change', () => this.choose());
    RED.comms.subscribe('gridwire/grid/#', (topic, data) => {
      const id = topic.split('/').at(-1);
      if (id === this.recording?.id) this.follow((data as { step?: number }).step);
    });
    RED.comms.subscribe('gridwire/grid-study/#', (topic, data) => {
      if (topic.split('/').at(-1) !== this.recording?.id) return;
      const { done, total } = data as { done: number; total: number };
      this.studyProgress.show(done, total);
      if (done >= total) this.loadStudy();
    });
    RED.events.on('deploy', () => this.opened());
    new ResizeObserver(() => this.plots.resize()).observe(this.element);
  }

  /** Lists the simulations of the flows and keeps the one that was chosen. */
  opened(): void {
    const nodes = RED.nodes.filterNodes({ type: NODE_TYPE });
    const chosen = this.choice.value;
    this.choice.replaceChildren(
      ...nodes.map(({ id, name }) => {
        const option = document.createElement('option');
        option.value = id;
        option.textContent = typeof name === 'string' && name !== '' ? name : id;
        return option;
      }),
    );
    if (nodes.some(({ id }) => id === chosen)) this.choice.value = chosen;
    this.choose();
  }

  private choose(): void {
    const id = this.choice.value;
    this.diagramBox.replaceChildren();
    this.plots.stop();
    this.study.clear();
    this.studyProgress.clear();
    this.view = undefined;
    this.recording = undefined;
    if (id === '') {
      this.message.textContent = this.text('none');
      return;
    }
    const recording = new Recording(id);
    this.recording = recording;
    recording.load().then(
      () => {
        if (this.recording !== recording || recording.diagram === undefined) return;
        this.view = new DiagramView(recording.diagram, this.text);
        this.view.zoom(Number(this.zoom.value));
        this.diagramBox.replaceChildren(this.view.element);
        this.draw();
        this.loadStudy();
      },
      () => (this.message.textContent = this.text('not-deployed')),
    );
  }

  /** Shows the last study of the chosen simulation, where there is one. */
  private loadStudy(): void {
    const { recording } = this;
    recording?.study().then(
      (study) => {
        if (this.recording !== recording) return;
        if (study === null) this.study.clear();
        else this.study.show(study);
      },
      // It is no longer deployed, or away.
      () => this.study.clear(),
    );
  }

  /** One request at a time; what comes meanwhile is fetched by the next. */
  private follow(step = Infinity): void {
    if (this.updating) {
      this.again = step;
      return;
    }
    const { recording } = this;
    this.updating = true;
    recording
      ?.update(step)
      .then(() => {
        if (this.recording === recording) this.draw();
      })
      .catch(() => (this.message.textContent = this.text('not-deployed')))
      .finally(() => {
        this.updating = false;
        const { again } = this;
        this.again = undefined;
        if (again !== undefined) this.follow(again);
      });
  }

  private draw(): void {
    const frames = this.recording?.frames ?? [];
    const last = frames.at(-1);
    if (last === undefined) {
      this.message.textContent = this.text('waiting');
      return;
    }
    this.view?.show(last);
    if (!this.plots.started) this.plots.start(last);
    this.plots.show(frames);
    const solved = last.converged
      ? this.text('step', {
          ...{ step: last.step, source: decimal(last.sourceMw, 3), losses: decimal(last.lossesMw * 1000, 1) },
        })
      : this.text('no-solution', { step: last.step, reason: last.reason ?? '' });
    const doubt = last.doubt === undefined ? [] : [this.text('doubt', { doubt: last.doubt })];
    this.message.textContent = [solved, ...doubt].join('. ');
  }
}

function labelled(text: string, control: HTMLElement): HTMLLabelElement {
  const label = document.createElement('label');
  label.append(text, control);
  return label;
}
