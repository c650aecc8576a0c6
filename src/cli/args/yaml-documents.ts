/** The reader of YAML, in a module of its own, so that it is loaded only when it is wanted. */
export { parseAllDocuments, parseDocument } from 'yaml';
