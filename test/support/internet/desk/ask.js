// Asks the browser for everything a page might want of a person's room and device, and posts the answers.
(async () => {
  const answer = async (ask) => {
    const silence = new Promise((resolve) => setTimeout(() => resolve("no answer"), 1500));
    try {
      return String(await Promise.race([ask(), silence]));
    } catch (error) {
      return error.name;
    }
  };
  const state = (name) => answer(async () => (await navigator.permissions.query({ name })).state);
  const answers = {
    camera: await answer(() => navigator.mediaDevices.getUserMedia({ video: true })),
    microphone: await answer(() => navigator.mediaDevices.getUserMedia({ audio: true })),
    location: await answer(
      () =>
        new Promise((resolve) =>
          navigator.geolocation.getCurrentPosition(
            () => resolve("given"),
            (error) => resolve(error.code === 1 ? "denied" : "failed"),
          ),
        ),
    ),
    notifications: await answer(() => Notification.requestPermission()),
    midi: await answer(() => navigator.requestMIDIAccess({ sysex: true })),
    clipboard: await answer(() => navigator.clipboard.readText()),
    usb: await answer(async () => (await navigator.usb.getDevices()).length),
    hid: await answer(async () => (await navigator.hid.getDevices()).length),
    serial: await answer(async () => (await navigator.serial.getPorts()).length),
    fonts: await state("local-fonts"),
  };
  await fetch("/report", {
    method: "POST",
    body: JSON.stringify({ field: "", value: "", caret: null, log: [], answers }),
  });
})();
