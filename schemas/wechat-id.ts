/**
 * Whether a text has the look of an id that WeChat gives a person: openid and unionid (`o…`, 28 or 29 characters of
 * base64url), external_userid (`wm…` / `wo…`, 28 to 34). Random ones hold a capital; snake_case words do not.
 */
export function looksLikeWechatId(text: string): boolean {
  const { length } = text;
  if (length < 28 || length > 34) return false;
  const first = text.charCodeAt(0);
  if (first === 111) {
    if (length > 29) return false;
  } else if (first !== 119) {
    return false;
  } else {
    const second = text.charCodeAt(1);
    if (second !== 109 && second !== 111) return false;
  }
  let capital = false;
  for (let at = 1; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (!isIdCharacter(code)) return false;
    if (code >= 65 && code <= 90) capital = true;
  }
  return capital;
}

/** `A-Z a-z 0-9 _ -` */
export function isIdCharacter(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 45
  );
}
