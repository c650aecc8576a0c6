/**
 * The parts of the YAML library that read documents. They are in a module of their own, which is imported only when it is needed: a bundle gives
 * a package of CommonJS only its default export if the package itself is imported like that.
 */
export { parseAllDocuments, parseDocument } from 'yaml';
