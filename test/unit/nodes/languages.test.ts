import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { flat, helpLanguages, languages, sharedWords, wordsOf } from '../../support/languages.js';
import { labelKeys, unexplained } from '../../support/labels.js';
import { panels, ROOT } from '../../support/panels.js';
import { helpHtml } from '../../../scripts/help-html.cjs';

const ENGLISH = 'en-US';
const OTHERS = languages().filter((language) => language !== ENGLISH);
/** Words that are the same in German. */
const GERMAN_TOO = [
  ...['Agent', 'Bluetooth', 'Broker', 'Form', 'Host', 'Keepalive', 'Name', 'Offsets', 'Port', 'Scope'],
  ...['Simulation', 'Status', 'Token', 'Topic', 'Transport'],
];
/** Names that no language translates. */
const NAMES =
  /\b(Apache|AsyncAPI|Bluetooth|BM\d|CloudEvents|Kafka|MQTT|PostgreSQL|QoS|SASL|sites|network|ieee\d+|agents|MW|pu)\b/g;

/** What is left of a text for a translator, once names, placeholders and units are taken out. */
function translatable(text: string): string {
  return text
    .replaceAll(/__\w+?__/g, '')
    .replaceAll(/\([^)]*\)$/g, '')
    .replaceAll(NAMES, '')
    .replaceAll(/[^\p{L}]+/gu, '');
}

/** Keys whose text in another language is the English one, or has not a letter of its own script. */
function leftInEnglish(
  english: Record<string, string>,
  other: Record<string, string>,
  language: string,
): string[] {
  return Object.entries(other)
    .filter(([key, text]) => {
      const meant = english[key] ?? '';
      if (translatable(meant) === '' || translatable(text) === '') return false;
      if (language === 'de') return text === meant && !GERMAN_TOO.some((word) => translatable(text) === word);
      return !/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text);
    })
    .map(([key]) => key);
}

const placeholders = (text: string): string[] => [...new Set(text.match(/__\w+?__/g))].sort();

/** What a translator must leave as it is: the tags and rows of a help text, line by line, and its codes and words. */
function frame(html: string): string[] {
  return html.split('\n').map((line) => {
    const tags = line.match(/<!--.*?-->|<\/?(?:p|h3|h4|dl|dt|dd|ol|ul|li)\b/g) ?? [];
    // A language may have another order of words.
    const codes = line.match(/<code>.*?<\/code>|\{\{.*?\}\}/g) ?? [];
    return [...tags, ...codes.sort()].join(' ');
  });
}

describe('the languages', () => {
  it('are German, Chinese and Japanese beside English', () => {
    assert.deepEqual(languages().sort(), ['de', 'en-US', 'ja', 'zh-CN']);
  });

  for (const language of OTHERS) {
    for (const { folder } of panels()) {
      it(`${folder} (${language}): has every word, none in English, with the same values`, () => {
        const english = wordsOf(folder, ENGLISH);
        const other = wordsOf(folder, language);
        assert.deepEqual(Object.keys(other), Object.keys(english));
        assert.deepEqual(leftInEnglish(english, other, language), []);
        for (const [key, text] of Object.entries(other))
          assert.deepEqual(placeholders(text), placeholders(english[key]!), key);
      });
    }
  }

  for (const language of helpLanguages().filter((each) => each !== ENGLISH)) {
    const read = (...parts: string[]): string => readFileSync(path.join(ROOT, 'nodes', ...parts), 'utf8');
    it(`parts of help (${language}) are those of the English one`, () => {
      assert.deepEqual(
        frame(read('fields/help', `${language}.html`)),
        frame(read('fields/help', `${ENGLISH}.html`)),
      );
    });
    for (const { folder, html } of panels()) {
      it(`the help of ${folder} (${language}) is built as the English one, explains every label, and leaves no sentence in English`, () => {
        const file = `${folder}/locales/${language}/${folder}.html`;
        assert.ok(existsSync(path.join(ROOT, 'nodes', file)), file);
        const english = read(folder, 'locales', ENGLISH, `${folder}.html`);
        const other = read(file);
        assert.deepEqual(frame(other), frame(english));
        const words = wordsOf(folder, language);
        const labels = labelKeys(html).map((key) => words[key] ?? key);
        assert.deepEqual(unexplained(labels, helpHtml(ROOT, folder, language)), []);
        const sentences = new Set(
          english
            .split('\n')
            .map((line) => line.trim())
            .filter((line) => / \w+ \w+ \w+/.test(line.replaceAll(/<[^>]*>/g, ''))),
        );
        assert.deepEqual(
          other.split('\n').filter((line) => !line.includes('<!--') && sentences.has(line.trim())),
          [],
        );
      });
    }
  }
});

describe('the check of the languages, tried on bad ones', () => {
  it('misses no text that is left in English', () => {
    const english = { a: 'Wait at most (s)', b: 'MQTT', c: '__count__ sent', d: 'Topic' };
    assert.deepEqual(leftInEnglish(english, { ...english }, 'de'), ['a', 'c']);
    assert.deepEqual(leftInEnglish(english, { ...english, c: '__count__ 件' }, 'ja'), ['a', 'd']);
  });
  it('reads the shared words of every language', () => {
    for (const language of languages()) assert.ok(flat(sharedWords(language))['status.ready']);
  });
});
