/** The fields of a source that is no typed value: loaded when one is chosen. */
import type { ReactElement } from 'react';
import { defined } from '../../../defined.ts';
import { GenerateFields } from './generate-fields.tsx';
import { PairFields } from './pair-fields.tsx';
import { ConfigMapFields, SecretFields } from './reference-fields.tsx';
import type { SecretInput, ValuePlace } from './secret-input.ts';
import { TemplateFields } from './template-fields.tsx';

interface SourceFieldsProps {
  readonly input: SecretInput;
  readonly onChange: (input: SecretInput) => void;
  readonly error: string | undefined;
  readonly description?: string;
  readonly place?: ValuePlace;
}

const nowhere: ValuePlace = { namespace: '' };

export function SourceFields(props: SourceFieldsProps): ReactElement | null {
  const { input, onChange, error, description, place = nowhere } = props;
  switch (input.kind) {
    case 'generate':
      return <GenerateFields input={input} onChange={onChange} error={error} namespace={place.namespace} />;
    case 'template':
      return <TemplateFields input={input} onChange={onChange} error={error} place={place} />;
    case 'configMap':
      return <ConfigMapFields input={input} onChange={onChange} error={error} namespace={place.namespace} />;
    case 'secret':
      return <SecretFields input={input} onChange={onChange} error={error} place={place} />;
    case 'pair':
      return <PairFields input={input} onChange={onChange} error={error} {...defined({ description })} />;
    case 'text':
    case 'file':
    case 'refused':
      return null;
    default:
      input satisfies never;
      return null;
  }
}
