// Mails as their reader sees them, newest first. SNS writes the mail of an alarm as text, though it publishes JSON.

import { byId, h, parse, showList, time } from "./dom.js";

export function showMails(mails) {
  showList(byId("mail-list"), [...mails].reverse(), (mail) => `${mail.time} ${mail.to}`, mailRow, "No mail was sent.");
}

function mailRow(mail) {
  return h("li", {},
    h("details", {},
      h("summary", { class: "row" }, time(mail.time * 1000), h("strong", {}, mail.subject)),
      h("article", { class: "mail" },
        h("dl", {},
          h("dt", {}, "From"), h("dd", {}, `AWS Notifications, topic ${mail.source.split(":").pop()}`),
          h("dt", {}, "To"), h("dd", {}, mail.to),
          h("dt", {}, "Subject"), h("dd", {}, mail.subject)),
        h("p", { class: "text" }, readerText(mail.body)))));
}

function readerText(body) {
  const alarm = parse(body);
  if (!alarm || typeof alarm !== "object" || !alarm.AlarmName) return body;
  const trigger = alarm.Trigger ?? {};
  const threshold = `${trigger.MetricName ?? "the metrics"} ${trigger.ComparisonOperator ?? ""} ${trigger.Threshold ?? ""}`;
  return [
    `You are receiving this email because your Amazon CloudWatch Alarm "${alarm.AlarmName}" in the ${alarm.Region} region has entered the ${alarm.NewStateValue} state, because "${alarm.NewStateReason}" at "${alarm.StateChangeTime}".`,
    "",
    "Alarm Details:",
    `- Name: ${alarm.AlarmName}`,
    `- Description: ${alarm.AlarmDescription ?? ""}`,
    `- State Change: ${alarm.OldStateValue} -> ${alarm.NewStateValue}`,
    `- Reason for State Change: ${alarm.NewStateReason}`,
    `- Timestamp: ${alarm.StateChangeTime}`,
    `- AWS Account: ${alarm.AWSAccountId}`,
    "",
    "Threshold:",
    `- The alarm is in the ALARM state when ${threshold} for at least ${trigger.EvaluationPeriods ?? 1} of the periods of ${trigger.Period ?? "?"} seconds.`,
  ].join("\n");
}
