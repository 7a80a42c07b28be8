# frozen_string_literal: true

# Verifies a webhook of AVS Render. Ruby 2.7 or newer, the standard library only.

require "openssl"

module AvsWebhook
  TOLERANCE_SECS = 300

  class Refused < StandardError; end

  # Returns the id of the event; raises Refused where the request is not genuine.
  #
  # `headers` by lower-case names, `body` as the raw bytes that arrived, `secret` exactly as it was sent with the job.
  # Do nothing twice for the same id.
  def self.verify(headers, body, secret, now: Time.now.to_i)
    raise Refused, "there is no secret" if secret.empty?

    body = body.b
    expected = "sha256=#{OpenSSL::HMAC.hexdigest("SHA256", secret, body)}"
    raise Refused, "X-AVS-Signature does not fit the body" unless equal?(expected, headers["x-avs-signature"].to_s)

    # Only this signature covers the id and the time: without it an old delivery could be replayed.
    id = headers["webhook-id"].to_s
    timestamp = headers["webhook-timestamp"].to_s
    standard = "v1,#{[OpenSSL::HMAC.digest("SHA256", secret, "#{id}.#{timestamp}.".b + body)].pack("m0")}"
    fits = headers["webhook-signature"].to_s.split.any? { |given| equal?(standard, given) }
    raise Refused, "webhook-signature does not fit id, time and body" unless fits

    near = timestamp.match?(/\A[0-9]{1,12}\z/) && (now - timestamp.to_i).abs <= TOLERANCE_SECS
    raise Refused, "webhook-timestamp is too far from now" unless near

    id
  end

  def self.equal?(expected, given)
    expected.bytesize == given.bytesize && OpenSSL.fixed_length_secure_compare(expected, given)
  end
  private_class_method :equal?
end

if $PROGRAM_NAME == __FILE__
  # AVS_WEBHOOK_SECRET=… ruby verify.rb 'webhook-id: evt_…' 'webhook-timestamp: …' … < body
  headers = ARGV.to_h do |argument|
    name, value = argument.split(":", 2)
    [name.strip.downcase, value.to_s.strip]
  end
  begin
    puts AvsWebhook.verify(headers, $stdin.binmode.read, ENV.fetch("AVS_WEBHOOK_SECRET"))
  rescue AvsWebhook::Refused => e
    abort "refused: #{e.message}"
  end
end
