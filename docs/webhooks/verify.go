// Verifies a webhook of AVS Render. Go 1.18 or newer, the standard library only.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

const tolerance = 5 * time.Minute

// Verify returns the id of the event, or why the request is not genuine.
//
// body is what arrived, byte for byte; secret is exactly what was sent with the job.
// Do nothing twice for the same id.
func Verify(headers http.Header, body []byte, secret string, now time.Time) (string, error) {
	if secret == "" {
		return "", errors.New("there is no secret")
	}
	signature := "sha256=" + hex.EncodeToString(mac(secret, body))
	if !hmac.Equal([]byte(signature), []byte(headers.Get("X-AVS-Signature"))) {
		return "", errors.New("X-AVS-Signature does not fit the body")
	}

	// Only this signature covers the id and the time: without it an old delivery could be replayed.
	id, timestamp := headers.Get("webhook-id"), headers.Get("webhook-timestamp")
	standard := "v1," + base64.StdEncoding.EncodeToString(mac(secret, []byte(id+"."+timestamp+"."), body))
	fits := false
	for _, given := range strings.Split(headers.Get("webhook-signature"), " ") {
		fits = fits || hmac.Equal([]byte(standard), []byte(given))
	}
	if !fits {
		return "", errors.New("webhook-signature does not fit id, time and body")
	}

	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	sent := time.Unix(seconds, 0)
	if err != nil || sent.Before(now.Add(-tolerance)) || sent.After(now.Add(tolerance)) {
		return "", errors.New("webhook-timestamp is too far from now")
	}
	return id, nil
}

func mac(secret string, parts ...[]byte) []byte {
	hash := hmac.New(sha256.New, []byte(secret))
	for _, part := range parts {
		hash.Write(part)
	}
	return hash.Sum(nil)
}

// AVS_WEBHOOK_SECRET=… go run verify.go 'webhook-id: evt_…' 'webhook-timestamp: …' … < body
func main() {
	headers := http.Header{}
	for _, argument := range os.Args[1:] {
		name, value, _ := strings.Cut(argument, ":")
		headers.Set(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	body, err := io.ReadAll(os.Stdin)
	id := ""
	if err == nil {
		id, err = Verify(headers, body, os.Getenv("AVS_WEBHOOK_SECRET"), time.Now())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "refused:", err)
		os.Exit(1)
	}
	fmt.Println(id)
}
