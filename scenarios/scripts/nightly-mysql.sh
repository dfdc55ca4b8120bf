#!/bin/sh
# A backup script as it stands in many a crontab, after the one of story 000, for MySQL:
#   15 2 * * *  /opt/backup/nightly.sh
# It works every night, until it does not, and then it says that all is well. Its faults are kept on purpose;
# README.md beside it names them.
STAMP=$(date -u +%Y%m%dT%H%M%SZ)
FILE="$BACKUP_DIR/$DATABASE-$STAMP.sql.gz"

mysqldump --single-transaction --routines --triggers --events \
  "$DATABASE" | gzip >"$FILE"

if gzip -t "$FILE"; then CHECK=OK; else CHECK=FAILED; fi

aws s3 cp "$FILE" "s3://$BUCKET/" --endpoint-url "$S3_ENDPOINT"

echo "Dump of $DATABASE: $FILE, check $CHECK, uploaded to s3://$BUCKET" |
  mail -s "Backup OK" ops@example.com

# Seven days are kept, here and there.
find "$BACKUP_DIR" -name '*.sql.gz' -mtime +6 -delete
LIMIT=$(date -u -d "7 days ago" "+%F %T")
aws s3 ls "s3://$BUCKET/" | while read -r DAY TIME _SIZE KEY; do
  if [ "$DAY $TIME" \< "$LIMIT" ]; then aws s3 rm "s3://$BUCKET/$KEY"; fi
done
