import type { NodeDef, NodeMessage } from 'node-red';
import { GridwireError, toGridwireError } from '../../src/errors.js';
import { facts } from '../../src/observe/facts/facts.js';
import type { Actions, StepResult } from '../../src/grid/index.js';
import { brokerSetting } from '../runtime/broker-node.js';
import { placeOf } from '../runtime/place.js';
import { derivedMessage } from '../runtime/messages.js';
import { BrokerUse } from '../runtime/broker-use.js';
import type { Send, NodeTools, NodeBehaviour } from '../runtime/node-behaviour.js';
import { GridChannels } from '../messages/grid-channels.js';
import { deviceDocuments, networkDocument, readActions, summaryDocument } from '../messages/grid-messages.js';
import { gridSetting } from '../fields/grid-setting.js';
import { SubscriptionStanding } from '../runtime/subscription-standing.js';
import { GridExchange } from './exchange.js';
import { GridView } from './grid-view.js';
import { needsProcess, RemoteFlow } from './remote-flow.js';
import { StepQueue } from './step-queue.js';
import { readStudy, StudyRunner } from './study.js';

export interface GridSimConfig extends NodeDef {
  environment: string;
  environmentJson: string;
  /** Where each power flow begins. */
  start: string;
  episodeSteps: string | number;
  stepMinutes: string | number;
  seed: string | number;
  /** Devices in this process, or behind a broker. */
  mode: string;
  broker: string;
  envId: string;
  deadline: string | number;
  /** Seconds between steps of its own; 0: a step per message. */
  clock: string | number;
}

/** What a message asks for beside a step. */
interface StepMessage extends NodeMessage {
  reset?: unknown;
  /** A study of the network instead of a step. */
  study?: unknown;
}

/** More of them would hide the rest of the log. */
const WARNINGS = 20;

export function setUp({ RED, node, settings, status, repeats }: NodeTools<GridSimConfig>): NodeBehaviour {
  const setting = gridSetting(settings);
  const distributed =
    settings.choice('mode', ['centralised', 'distributed'], 'centralised') === 'distributed';
  const brokerNode = distributed ? brokerSetting(settings) : undefined;
  const envId = settings.text('envId', 'env_0');
  const deadline = settings.integer('deadline', { minimum: 1, maximum: 3_600_000, otherwise: 1000 });
  const clock = settings.integer('clock', { minimum: 0, maximum: 86_400, otherwise: 0 });
  const channels =
    brokerNode &&
    settings.check('envId', () => new GridChannels(brokerNode.broker, envId, brokerNode.topicPrefix));
  settings.finish();
  if (setting === undefined) return {};

  const { environment, config } = setting;
  for (const warning of first(environment.warnings)) node.warn(warning);
  const place = placeOf(node, brokerNode);
  const remote = needsProcess(environment.network, config.powerFlow) ? new RemoteFlow() : undefined;
  const refused = ({ code, message }: GridwireError): void => repeats.another(code, message);
  const standing = brokerNode && new SubscriptionStanding(node, brokerNode);
  const exchange =
    channels && new GridExchange(channels, environment, deadline, refused, remote?.solve, standing);
  const closing = new AbortController();
  const view = new GridView(RED, node.id, environment, () => studies.cancel());
  const queue = new StepQueue();
  const studies = new StudyRunner(environment.network, {
    progress(done, total) {
      status.show('studying', { done, total });
      view.studyProgress(done, total);
    },
    ended(document) {
      view.study = document;
      view.studyEnded();
      status.show('ready');
    },
  });
  const use = brokerNode && new BrokerUse(node, brokerNode, status);
  status.show('ready');

  const simulate = (actions: Actions): StepResult | Promise<StepResult> => {
    if (exchange !== undefined) return exchange.step(actions);
    return remote === undefined ? environment.step(actions) : environment.stepBy(remote.solve, actions);
  };
  const step = async (actions: Actions): Promise<StepResult> => {
    closing.signal.throwIfAborted();
    const began = performance.now();
    const result = await simulate(actions);
    closing.signal.throwIfAborted();
    const seconds = (performance.now() - began) / 1_000;
    const { converged, iterations } = result;
    facts.solved.tell({ place, converged, iterations, seconds });
    view.show(result);
    if (!result.converged) {
      status.set('step', 'no-solution', { step: result.step });
      repeats.goesOn('solution', `No solution from step ${result.step} on: ${result.reason ?? ''}.`);
    } else if (result.silent.length > 0) {
      status.set('step', 'silent', { step: result.step, count: result.silent.length });
      repeats.goesOn('silent', `No state within ${deadline} ms from ${named(result.silent)}.`);
    } else {
      status.clear('step');
      repeats.over('silent');
    }
    if (result.converged) repeats.over('solution');
    if (result.doubt === undefined) repeats.over('doubt');
    else repeats.goesOn('doubt', `A doubtful solution from step ${result.step} on: ${result.doubt}.`);
    status.show('stepped', { step: result.step });
    return result;
  };
  const reset = (): void => {
    if (exchange === undefined) environment.reset();
    else exchange.reset();
    view.clear();
  };

  const timer =
    clock === 0
      ? undefined
      : setInterval(() => {
          // A step that takes longer than the clock's period is not followed by a backlog of others.
          if (queue.busy) return;
          queue
            .run(() => step({}))
            .then((result) => node.send(outputs({}, result)))
            .catch((error: unknown) => {
              if (!closing.signal.aborted) repeats.another('step', toGridwireError(error).message);
            });
        }, clock * 1000);

  return {
    async onInput(message: StepMessage, send: Send) {
      const study = readStudy(message.study, message.payload);
      if (study?.kind === 'cancel') {
        studies.cancel();
        return;
      }
      if (study !== undefined) {
        send([null, null, derivedMessage(message, { payload: await studies.run(study) })]);
        return;
      }
      const actions = readActions(config.agents, actionsOf(message));
      if (message.reset === true) await queue.run(reset);
      const result = await queue.run(() => step(actions));
      send(outputs(message, result));
    },
    async onClose(removed) {
      closing.abort(givenUp());
      clearInterval(timer);
      remote?.close();
      studies.close();
      view.close();
      use?.leave();
      standing?.close();
      await exchange?.stop(removed);
      await use?.end();
    },
  };
}

function givenUp(): GridwireError {
  const text = 'The step was given up, because its node was stopped meanwhile.';
  return new GridwireError('COMPUTATION_STOPPED', text, { fault: 'transient' });
}

/** What is said of a network's file when the node begins. */
function first(warnings: readonly string[]): string[] {
  const rest = warnings.length - WARNINGS;
  return rest > 0
    ? [...warnings.slice(0, WARNINGS), `and ${rest} more about the network's file`]
    : [...warnings];
}

/** An inject node's time stamp and other plain values are no actions: they only ask for a step. */
function actionsOf({ payload }: NodeMessage): unknown {
  return typeof payload === 'object' ? payload : undefined;
}

/** Network state, state updates, summary of the step. */
function outputs(message: NodeMessage, result: StepResult): NodeMessage[] {
  return [
    derivedMessage(message, { payload: networkDocument(result) }),
    derivedMessage(message, { payload: deviceDocuments(result.devices) }),
    derivedMessage(message, { payload: summaryDocument(result) }),
  ];
}

function named(ids: readonly string[]): string {
  const shown = ids.slice(0, 10).join(', ');
  return ids.length > 10 ? `${shown} and ${ids.length - 10} more` : shown;
}
