import { instantText } from '../render/wall-clock.js';
import type { Frozen } from '../ledger/outbox.js';

/** The words around encrypted files. They tell no figure: what a report says is never sent in plain. */
export interface MessageText {
  readonly subject: string;
  readonly lines: readonly string[];
}

/** Subject and text of a delivery. */
export function messageText(frozen: Frozen, subjectPrefix = ''): MessageText {
  const zh = frozen.language === 'zh';
  const stamps = [
    ...(frozen.issue === 0
      ? []
      : [zh ? `更正 ${String(frozen.issue)}` : `correction ${String(frozen.issue)}`]),
    ...(frozen.state === 'complete' ? [] : [zh ? '暂定' : 'provisional']),
  ];
  const stamp = stamps.length === 0 ? '' : zh ? `【${stamps.join('·')}】` : `[${stamps.join(', ')}] `;
  const asOf = instantText(frozen.dataAsOf, frozen.timeZone);
  const lines = zh
    ? [
        `${frozen.title}，${frozen.period}`,
        `数据截至 ${asOf}，${frozen.state === 'complete' ? '完整' : '暂定：部分来源尚未到齐，数字可能变化'}`,
        ...(frozen.issue === 0
          ? []
          : [
              `本期为第 ${String(frozen.issue)} 次更正，${String(frozen.moved)} 项数字有变动，见文件中的更正说明`,
            ]),
        `仅供 ${frozen.recipient} 使用，请勿转发。文件已加密，密码另行告知。`,
      ]
    : [
        `${frozen.title}, ${frozen.period}`,
        `Data as of ${asOf}, ${frozen.state === 'complete' ? 'complete' : 'provisional: some sources have not arrived, figures may change'}`,
        ...(frozen.issue === 0
          ? []
          : [
              `Correction ${String(frozen.issue)}: ${String(frozen.moved)} figures moved, see the change note in the files`,
            ]),
        `For ${frozen.recipient} only, do not forward. The files are encrypted; the password comes by another way.`,
      ];
  return { subject: `${subjectPrefix}${stamp}${frozen.title} ${frozen.period}`, lines };
}
