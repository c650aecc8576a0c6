/** The name of the author that is written with a value (src/api/changed-by.ts). Admission compares it with the user of the request. */
import { changedBy, createdBy, type ObjectMeta } from '../../api/index.ts';
import { isKernelError } from '../../kernel/index.ts';
import type { Connection } from '../connect/connection.ts';
import { userName } from '../homes/home.ts';

type Annotations = Readonly<Record<string, string>>;

/** One command writes many values as one user. */
const known = new WeakMap<Connection, Promise<string>>();

export async function creationMark(connection: Connection, now = new Date()): Promise<Annotations> {
  const user = await author(connection);
  return user === '' ? {} : createdBy(now, user);
}

export async function changeMark(connection: Connection, metadata: ObjectMeta): Promise<Annotations> {
  const user = await author(connection);
  return user === '' ? {} : changedBy(metadata, user);
}

/** Empty where the API server does not return the name. The value is written nevertheless. */
function author(connection: Connection): Promise<string> {
  const name = known.get(connection) ?? nameOrEmpty(connection);
  known.set(connection, name);
  return name;
}

async function nameOrEmpty(connection: Connection): Promise<string> {
  try {
    return await userName(connection);
  } catch (error) {
    if (isKernelError(error)) return '';
    throw error;
  }
}
