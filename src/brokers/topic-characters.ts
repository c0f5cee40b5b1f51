/** Control characters, NUL among them, halves of characters, and code points that are none: MQTT 5, 1.5.4. */
const ILLEGAL = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u;

/** Whether brokers take a text as a part of a topic or a filter, wildcards aside. */
export function hasOnlyTopicCharacters(text: string): boolean {
  return !ILLEGAL.test(text);
}
