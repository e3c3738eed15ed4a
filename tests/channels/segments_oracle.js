// Counts the segments of texts with the provider's own package: a JSON list on standard input, a list of counts back.
const { SegmentedMessage } = require(process.argv[2]);
const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(texts.map((text) => new SegmentedMessage(text).segmentsCount)));
