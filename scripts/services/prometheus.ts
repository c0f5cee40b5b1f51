import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startServer } from './child.js';
import { findProgram, freePort, type Service, ServiceUnavailable } from './service.js';

export interface PrometheusOptions {
  /** `host:port` of what is scraped, and under which path. */
  target: string;
  metricsPath: string;
  /** The bearer token with which it asks. */
  token?: string;
  /** Files of rules, as Prometheus reads them. */
  ruleFiles?: readonly string[];
}

/** What Prometheus answers to a query: the value of each series, with its labels. */
export interface Series {
  metric: Record<string, string>;
  value: number;
}

export interface Prometheus extends Service {
  /** The answer to an instant query in Prometheus' own language. */
  query(expression: string): Promise<Series[]>;
}

/**
 * Starts a real Prometheus in a temporary folder that scrapes one target each second.
 * @throws ServiceUnavailable if it is not installed or does not start
 */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const program = findProgram('prometheus');
  if (program === undefined)
    throw new ServiceUnavailable(
      'no prometheus: "apt-get install prometheus" (Debian), or its archive in PATH',
    );
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-prometheus-'));
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: options.ruleFiles ?? [],
    scrape_configs: [
      {
        job_name: 'gridwire',
        metrics_path: options.metricsPath,
        static_configs: [{ targets: [options.target] }],
        ...(options.token === undefined ? {} : { authorization: { credentials: options.token } }),
      },
    ],
  };
  // JSON is YAML.
  writeFileSync(path.join(folder, 'prometheus.yml'), JSON.stringify(config));
  const port = await freePort();
  const flags = [
    `--config.file=${path.join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${path.join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const server = await startServer(program, flags, port, folder);
  return {
    description: `prometheus started on port ${port}`,
    env: {},
    query: (expression) => query(port, expression),
    stop: () => server.stop(),
  };
}

async function query(port: number, expression: string): Promise<Series[]> {
  const response = await fetch(
    `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expression)}`,
  );
  // It listens before it is ready.
  if (response.status === 503) return [];
  if (!response.ok) throw new Error(`${expression}: ${response.status} ${await response.text()}`);
  const { data } = (await response.json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
}
