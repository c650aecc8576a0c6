/** Cells of the list of secrets. Plain elements where the library's do no more: hundreds of them come and go while one scrolls. */
import { Badge, Group, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import type { ReactElement } from 'react';
import { isRotationNear, type RotateBy } from '../../../api/index.ts';
import { copySource } from '../../../client/index.ts';
import { listText, numberText } from '../language/local.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { asText, visibleControls } from '../parts/bytes.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { IconButton } from '../parts/icon-button.tsx';
import { dayText } from '../parts/day.ts';
import { useNow } from '../parts/use-now.ts';
import { When } from '../parts/when.tsx';
import { texts } from '../texts.ts';
import { rowName, type SecretRow } from './secret-rows.ts';
import { readValue } from './secret-writes.ts';
import styles from './secrets.module.css';

interface CellProps {
  readonly row: SecretRow;
}
interface OpeningCellProps extends CellProps {
  readonly onOpen: () => void;
}

const dots = '•••••••••';
const shownSubjects = 2;

interface KeyCellProps extends OpeningCellProps {
  /** Shows only the secrets that have it. */
  readonly onTag: (tag: string) => void;
}

export function KeyCell({ row, onOpen, onTag }: KeyCellProps): ReactElement {
  const { description: said } = row.secret.spec;
  const description = said === undefined ? undefined : visibleControls(said);
  return (
    <>
      <div className={`line ${styles['keyLine'] ?? ''}`}>
        <UnstyledButton
          className={`${styles['key'] ?? ''} cut`}
          onClick={onOpen}
          title={row.key}
          aria-label={rowName(row)}
        >
          {row.key}
        </UnstyledButton>
        <Marks row={row} />
        <Tags tags={row.tags} onTag={onTag} />
      </div>
      {description !== undefined && (
        <div className="faint small cut" title={description}>
          {description}
        </div>
      )}
    </>
  );
}

/** Of more the details show the rest. */
const shownTags = 2;

function Tags({ tags, onTag }: { readonly tags: readonly string[] } & Pick<KeyCellProps, 'onTag'>): ReactElement {
  return (
    <>
      {tags.slice(0, shownTags).map((tag) => (
        <UnstyledButton key={tag} aria-label={texts.tags.choose(tag)} title={tag} onClick={() => onTag(tag)}>
          <Badge size="xs" variant="default" tt="none" maw="8rem" style={{ cursor: 'inherit' }}>
            {visibleControls(tag)}
          </Badge>
        </UnstyledButton>
      ))}
    </>
  );
}

function Marks({ row }: CellProps): ReactElement {
  return (
    <>
      {row.rotateBy !== undefined && <RotateMark rotateBy={row.rotateBy} />}
      {row.source === 'generated' && <Mark label={texts.secrets.generated} help={texts.secrets.generatedHelp} />}
      {row.source === 'reference' && <Mark label={texts.secrets.follows} help={texts.secrets.followsHelp} />}
      {row.secret.spec.sharedFrom !== undefined && (
        <Mark label={texts.secrets.copy} help={texts.secrets.copyHelp(copySource(row.secret.spec.sharedFrom))} />
      )}
      {row.source === 'template' && <Mark label={texts.secrets.composed} help={texts.secrets.composedHelp} />}
      {row.rotation !== undefined && (
        <Mark
          label={texts.secrets.rotating(row.rotation.isWaiting)}
          help={row.rotation.message}
          lang="en"
          {...(row.rotation.isWaiting ? {} : { color: 'red' })}
        />
      )}
      {row.isPlaintext && <Mark label={texts.secrets.plaintext} help={texts.secrets.plaintextHelp} color="yellow" />}
      {row.isKeyOutdated && <Mark label={texts.secrets.oldKey} help={texts.secrets.oldKeyHelp} color="yellow" />}
      {row.problem !== undefined && (
        <Mark
          label={texts.secretReasons[row.problem.reason] ?? row.problem.reason}
          help={row.problem.message}
          lang="en"
          color="red"
        />
      )}
    </>
  );
}

function RotateMark({ rotateBy }: { readonly rotateBy: RotateBy }): ReactElement | null {
  const now = useNow();
  const { day, atMs } = rotateBy;
  if (!isRotationNear(rotateBy, now)) return null;
  if (atMs === undefined)
    return <Mark label={texts.secrets.rotateUnreadable} help={texts.secrets.rotateUnreadableHelp} color="red" />;
  return atMs < now ? (
    <Mark label={texts.secrets.rotateOverdue} help={texts.secrets.rotateOverdueHelp(dayText(day))} color="red" />
  ) : (
    <Mark label={texts.secrets.rotateSoon(dayText(day))} help={texts.secrets.rotateHelp} color="yellow" />
  );
}

function Mark({
  label,
  help,
  color = 'gray',
  lang,
}: Readonly<Record<'label' | 'help', string>> & { color?: string; lang?: 'en' }): ReactElement {
  return (
    <Badge
      size="xs"
      variant="outline"
      color={color}
      tabIndex={0}
      data-tip={help}
      data-tip-lang={lang}
      style={{ flexShrink: 0 }}
      tt="none"
      className={styles['mark'] ?? ''}
    >
      {label}
    </Badge>
  );
}

interface ValueCellProps extends CellProps {
  readonly isShown: boolean;
  readonly onToggle: () => void;
}

export function ValueCell({ row, isShown, onToggle }: ValueCellProps): ReactElement {
  const cluster = useCluster();
  const called = rowName(row);
  const label = isShown ? texts.secrets.hide(called) : texts.secrets.reveal(called);
  return (
    <div className="line">
      <span className={`${styles['dots'] ?? ''} mono`} role="img" aria-label={texts.secrets.hidden}>
        {dots}
      </span>
      <IconButton icon={isShown ? 'eyeOff' : 'eye'} label={label} aria-expanded={isShown} onClick={onToggle} />
      <CopyButton
        isIcon
        label={texts.secrets.copyValue(called)}
        text={async () => {
          const text = asText(await readValue(cluster, row.secret));
          if (text === undefined) throw new Error(texts.secrets.binaryNotCopied);
          return text;
        }}
      />
    </div>
  );
}

export function SharedCell({ row, onOpen }: OpeningCellProps): ReactElement {
  const { subjects, count } = row.sharedWith;
  if (count === 0) return <span className="faint">{texts.secrets.nobody}</span>;
  return (
    <UnstyledButton onClick={onOpen} {...(subjects.length > shownSubjects ? { 'data-tip': listText(subjects) } : {})}>
      {/* What is seen is part of what is heard. */}
      <VisuallyHidden>{texts.secrets.sharedWithLabel(rowName(row))}</VisuallyHidden>
      <Group gap={4}>
        {subjects.slice(0, shownSubjects).map((subject) => (
          <Badge key={subject} variant="light" size="sm" tt="none" maw="9rem">
            {subject}
          </Badge>
        ))}
        {count > shownSubjects && <Text size="xs">+{numberText(count - shownSubjects)}</Text>}
      </Group>
    </UnstyledButton>
  );
}

export function JobsCell({ row, onOpen }: OpeningCellProps): ReactElement {
  const count = row.jobs.length + row.jobsElsewhere;
  if (count === 0) return <span className="faint">{texts.secrets.unused}</span>;
  return (
    <UnstyledButton onClick={onOpen} fz="sm">
      {texts.jobs.count(count)}
    </UnstyledButton>
  );
}

export function AgeCell({ row }: CellProps): ReactElement {
  return row.isPending ? <span className="faint">{texts.secrets.pending}</span> : <When time={row.updatedAt} />;
}
