/** After a form was not taken: the focus goes to the first field that is wrong, also one that is folded open at this moment. */
const mostFrames = 30;

export function focusFirstWrong(form: HTMLElement | null): void {
  let frames = 0;
  const look = (): void => {
    const field = form?.querySelector<HTMLElement>('[aria-invalid="true"]');
    field?.focus();
    frames += 1;
    if (field !== document.activeElement && frames < mostFrames) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
