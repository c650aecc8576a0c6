/** What is wrong with a text that should be YAML. The sentences of the parser can have a part of the text, and so of a value. */
import type { YAMLParseError } from 'yaml';

const faults: Readonly<Partial<Record<YAMLParseError['code'], string>>> = {
  BAD_INDENT: 'the indentation is wrong, or a bracket is not closed',
  BLOCK_AS_IMPLICIT_KEY: 'a value that has a colon needs quotes, or the indentation is wrong',
  DUPLICATE_KEY: 'a key appears twice',
  MISSING_CHAR: 'a character is missing, such as a closing quote or a colon',
  MULTILINE_IMPLICIT_KEY: 'a value that has a colon needs quotes, or the indentation is wrong',
  TAB_AS_INDENT: 'a tab is used as indentation; use spaces',
};

type Fault = Pick<YAMLParseError, 'code' | 'linePos'>;

/** `a key appears twice`; what has no sentence here is named by the parser's code. */
export function yamlFault({ code }: Fault): string {
  return faults[code] ?? code.toLowerCase().replaceAll('_', ' ');
}

/** `line 3: a key appears twice` */
export function yamlFaultInLine(fault: Fault): string {
  const [start] = fault.linePos ?? [];
  return start === undefined ? yamlFault(fault) : `line ${String(start.line)}: ${yamlFault(fault)}`;
}
