<?php

declare(strict_types=1);

// Verifies a webhook of AVS Render. PHP 8.0 or newer, no packages.

const AVS_WEBHOOK_TOLERANCE_SECS = 300;

/**
 * Returns the id of the event; throws where the request is not genuine.
 *
 * $headers by lower-case names, $body as the raw bytes that arrived (file_get_contents('php://input')), $secret exactly
 * as it was sent with the job. Do nothing twice for the same id.
 *
 * @param array<string, string> $headers
 */
function avs_webhook_verify(array $headers, string $body, string $secret, ?int $now = null): string
{
    if ($secret === '') {
        throw new UnexpectedValueException('there is no secret');
    }
    $expected = 'sha256=' . hash_hmac('sha256', $body, $secret);
    if (!hash_equals($expected, $headers['x-avs-signature'] ?? '')) {
        throw new UnexpectedValueException('X-AVS-Signature does not fit the body');
    }

    // Only this signature covers the id and the time: without it an old delivery could be replayed.
    $id = $headers['webhook-id'] ?? '';
    $timestamp = $headers['webhook-timestamp'] ?? '';
    $standard = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $secret, true));
    $fits = false;
    foreach (explode(' ', $headers['webhook-signature'] ?? '') as $given) {
        $fits = hash_equals($standard, $given) || $fits;
    }
    if (!$fits) {
        throw new UnexpectedValueException('webhook-signature does not fit id, time and body');
    }

    $now ??= time();
    $isTime = preg_match('/\A[0-9]{1,12}\z/', $timestamp) === 1;
    if (!$isTime || abs($now - (int) $timestamp) > AVS_WEBHOOK_TOLERANCE_SECS) {
        throw new UnexpectedValueException('webhook-timestamp is too far from now');
    }
    return $id;
}

if (PHP_SAPI === 'cli' && realpath($argv[0]) === __FILE__) {
    // AVS_WEBHOOK_SECRET=… php verify.php 'webhook-id: evt_…' 'webhook-timestamp: …' … < body
    $headers = [];
    foreach (array_slice($argv, 1) as $argument) {
        [$name, $value] = explode(':', $argument, 2);
        $headers[strtolower(trim($name))] = trim($value);
    }
    try {
        $body = (string) file_get_contents('php://stdin');
        echo avs_webhook_verify($headers, $body, (string) getenv('AVS_WEBHOOK_SECRET')), "\n";
    } catch (UnexpectedValueException $refused) {
        fwrite(STDERR, 'refused: ' . $refused->getMessage() . "\n");
        exit(1);
    }
}
