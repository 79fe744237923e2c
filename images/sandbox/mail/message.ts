/** A mail as both of its formats say it, reduced to what is carried over. Shapes only. */
export interface MailAttachment {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface MailMessage {
  readonly from: string;
  readonly to: string;
  readonly cc: string;
  readonly subject: string;
  /** ISO 8601, or empty. */
  readonly date: string;
  readonly text: string;
  readonly attachments: readonly MailAttachment[];
}
